/** The whole script of the reference: a filter that is in the address, `/` to reach it, and copy buttons. */
export const referenceScript = `const input = document.querySelector('.find input');
const articles = [...document.querySelectorAll('article')];
const nothing = document.getElementById('nothing');
const toc = document.querySelector('.toc');

function filter() {
  const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const article of articles) {
    const fits = words.every((word) => article.dataset.find.includes(word));
    article.hidden = !fits;
    const entry = document.querySelector('[data-for="' + article.id + '"]');
    if (entry) entry.hidden = !fits;
  }
  const isFiltered = words.length > 0;
  for (const section of document.querySelectorAll('main section')) {
    const inside = [...section.querySelectorAll('article')];
    section.hidden = isFiltered && !inside.some((article) => !article.hidden);
  }
  for (const group of document.querySelectorAll('.toc > ul > li')) {
    const inside = [...group.querySelectorAll('[data-for]')];
    group.hidden = isFiltered && !inside.some((entry) => !entry.hidden);
  }
  nothing.hidden = articles.some((article) => !article.hidden);
  const url = new URL(location.href);
  if (isFiltered) url.searchParams.set('q', input.value); else url.searchParams.delete('q');
  history.replaceState(null, '', url);
}

input.closest('label').hidden = false;
input.value = new URLSearchParams(location.search).get('q') ?? '';
input.addEventListener('input', filter);
if (input.value) filter();

document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== input && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    input.focus();
  }
  if (event.key === 'Escape' && document.activeElement === input) {
    input.value = '';
    filter();
  }
});

for (const block of document.querySelectorAll('pre')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(block.querySelector('code').textContent);
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });
  block.append(button);
}

function open() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target || target.tagName !== 'ARTICLE') return;
  for (const fold of target.querySelectorAll('details')) fold.open = true;
}
addEventListener('hashchange', open);
open();
if (matchMedia('(max-width: 800px)').matches) toc.open = false;
`;
