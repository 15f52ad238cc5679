/**
 * All that runs in the browser: one small module, and every page works without it. Times in the person's own zone, copy
 * buttons, the keys of lists (j, k, enter, /), questions as dialogs, lists that stay current, and pickers that filter.
 */
export const script = String.raw`
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/* Times: relative words that go on, the exact moment in the person's own zone on hover. */
const units = [['day', 86400], ['hour', 3600], ['minute', 60]];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const exact = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short' });
function words(ms) {
  const seconds = Math.round((ms - Date.now()) / 1000);
  const found = units.find(([, size]) => Math.abs(seconds) >= size);
  if (!found) return seconds > 0 ? 'in a moment' : 'just now';
  return relative.format(Math.trunc(seconds / found[1]), found[0]);
}
function times(root = document) {
  for (const time of all('time[datetime]', root)) {
    const at = new Date(time.dateTime);
    time.title = exact.format(at);
    if (time.dataset.as === 'exact') time.textContent = exact.format(at);
    else time.textContent = words(at.getTime());
  }
}

/* Copy: a button appears beside what can be copied, and a click on the thing itself does the same. */
function copies(root = document) {
  for (const button of all('button[data-copy]', root)) {
    button.hidden = false;
    button.previousElementSibling.onclick = () => { if (getSelection().isCollapsed) button.click(); };
    button.onclick = async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      const was = button.textContent;
      button.textContent = 'Copied';
      say('Copied');
      setTimeout(() => { button.textContent = was; }, 1500);
    };
  }
}
function say(text) {
  const place = document.getElementById('say');
  place.textContent = '';
  place.textContent = text;
}

/* Lists: j and k walk, enter opens, / goes to the search. */
function rows() { return all('[data-row]'); }
function walk(step) {
  const list = rows();
  if (list.length === 0) return;
  const at = list.findIndex((row) => row.classList.contains('at'));
  const next = list[Math.max(0, Math.min(list.length - 1, at === -1 ? (step > 0 ? 0 : list.length - 1) : at + step))];
  list[at]?.classList.remove('at');
  next.classList.add('at');
  next.scrollIntoView({ block: 'nearest' });
  next.querySelector('a')?.focus({ preventScroll: true });
}
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest('input, textarea, select, dialog')) {
    if (event.key === 'Escape' && event.target.matches('input')) event.target.blur();
    return;
  }
  if (event.key === 'j') walk(1);
  else if (event.key === 'k') walk(-1);
  else if (event.key === '/') {
    const field = document.querySelector('[data-search]');
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select?.();
  } else if (event.key === 'Enter' && event.target === document.body) {
    document.querySelector('[data-row].at a')?.click();
  }
});

/* A question has a page of its own; here it is asked on the spot. */
function questions(root = document) {
  for (const link of all('a[data-dialog]', root)) {
    link.setAttribute('aria-haspopup', 'dialog');
    link.addEventListener('click', (event) => { void ask(event, link); });
  }
}
async function ask(event, link) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const answer = await fetch(link.href).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : null;
  const question = page?.querySelector('[data-question]');
  if (!question) { location.href = link.href; return; }
  const dialog = document.createElement('dialog');
  dialog.append(document.adoptNode(question));
  const title = dialog.querySelector('h1');
  title.id = 'question';
  dialog.setAttribute('aria-labelledby', 'question');
  document.body.append(dialog);
  for (const cancel of all('[data-cancel]', dialog)) {
    cancel.addEventListener('click', (click) => { click.preventDefault(); dialog.close(); });
  }
  dialog.addEventListener('close', () => { dialog.remove(); link.focus(); });
  times(dialog); copies(dialog); asking(dialog);
  dialog.showModal();
}

/* Nothing is sent twice by an impatient click. */
function asking(root = document) {
  for (const form of all('form[method=post]', root)) {
    form.addEventListener('submit', (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = '1';
      event.submitter?.setAttribute('aria-busy', 'true');
      setTimeout(() => { delete form.dataset.sent; }, 8000);
    });
  }
}
addEventListener('pageshow', () => { for (const form of all('form[data-sent]')) delete form.dataset.sent; });

/*
 * What is marked live is read again when its stream says that it changed, or, where there is none, every few seconds while
 * somebody looks; only what changed is put in, and what was open or had the focus has it still.
 */
async function refresh() {
  const parts = all('[data-live]');
  if (parts.length === 0 || document.hidden || document.querySelector('dialog[open]')) return;
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of parts) {
    const fresh = page.querySelector('[data-live="' + part.dataset.live + '"]');
    if (!fresh || fresh.dataset.stamp === part.dataset.stamp) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    if (focused?.matches('input, textarea, select')) continue;
    const before = new Map(all('[data-cord]', part).map((cord) => [cord.dataset.cord, cord.dataset.count]));
    /* From the end: what is new comes first. */
    const open = all('details', part).reverse().map((one) => one.open);
    part.replaceChildren(...fresh.childNodes);
    part.dataset.stamp = fresh.dataset.stamp;
    for (const [i, one] of all('details', part).reverse().entries()) if (i in open) one.open = open[i];
    for (const cord of all('[data-cord]', part)) {
      const was = before.get(cord.dataset.cord);
      if (was !== undefined && was !== cord.dataset.count) cord.classList.add('pulse');
    }
    times(part); copies(part); questions(part); asking(part);
    if (focused) refocus(part, focused);
  }
}
function refocus(part, focused) {
  const same = all(focused.tagName, part).find((one) => one.getAttribute('href') === focused.getAttribute('href') && one.textContent === focused.textContent);
  same?.focus({ preventScroll: true });
  same?.closest('[data-row]')?.classList.add('at');
}
let stream = null;
function listen() {
  const path = document.querySelector('[data-stream]')?.dataset.stream;
  if (!path || stream || document.hidden) return;
  stream = new EventSource(path);
  stream.addEventListener('open', refresh);
  stream.addEventListener('changed', refresh);
}
document.addEventListener('visibilitychange', () => {
  if (document.hidden) { stream?.close(); stream = null; } else listen();
});
addEventListener('pagehide', () => { stream?.close(); stream = null; });
addEventListener('pageshow', (event) => { if (event.persisted) listen(); });

/* Pickers: a field that narrows a long list of choices. */
for (const field of all('input[data-narrows]')) {
  field.closest('[hidden]')?.removeAttribute('hidden');
  field.addEventListener('input', () => {
    const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const list = document.getElementById(field.dataset.narrows);
    for (const choice of all('[data-find]', list)) {
      choice.hidden = !wanted.every((word) => choice.dataset.find.includes(word)) && !choice.querySelector(':checked');
    }
    for (const group of all('fieldset', list)) group.hidden = !all('[data-find]', group).some((one) => !one.hidden);
  });
}
for (const field of all('select[data-go]')) field.addEventListener('change', () => field.form.requestSubmit());

for (const close of all('.toast button')) {
  close.hidden = false;
  close.addEventListener('click', () => close.closest('.toast').remove());
}
/* What has been said is not said again on a reload. */
const here = new URL(location.href);
if (here.searchParams.has('done')) { here.searchParams.delete('done'); history.replaceState(null, '', here); }

times(); copies(); asking(); questions(); listen();
setInterval(times, 30000);
setInterval(() => { if (stream?.readyState !== EventSource.OPEN) void refresh(); }, 5000);
/* What completes within a moment is asked for sooner. */
setInterval(() => { if (document.querySelector('[data-soon]')) void refresh(); }, 1000);
`;
