/**
 * Slack's mrkdwn. Whatever comes from an event goes through `plain`, so that no title can call `<!channel>` or hide an
 * address behind a word. Lengths are those after escaping: Slack counts `&amp;` as five.
 */

/** https://docs.slack.dev/messaging/formatting-message-text: these three, and no others. */
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** On one line, escaped, at most `max` characters of the original. */
export const plain = (text: string, max = 150): string => escape(clip(text.replace(/\s+/g, ' ').trim(), max));

/** Escaped, each line a quotation, so that words of a person cannot pass for words of ours. */
export function quoted(text: string, max = 500): string {
  return escape(clip(text.trim(), max))
    .split(/\r?\n/)
    .map((line) => `>${line}`)
    .join('\n');
}

export function link(url: string, label: string): string {
  return `<${url.replaceAll('|', '%7C').replaceAll('<', '%3C').replaceAll('>', '%3E')}|${label}>`;
}

export function clip(text: string, max: number): string {
  const letters = Array.from(text);
  return letters.length <= max ? text : `${letters.slice(0, max - 1).join('')}…`;
}

/** `looking_for` → `looking for`. */
export const words = (slug: string): string => slug.replace(/[_-]+/g, ' ');

/** Escaped text, and a slug as the beginning of a sentence, where there may be nothing to show. */
export const shown = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : plain(value);
export function said(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = words(value);
  return plain(text.charAt(0).toUpperCase() + text.slice(1));
}

/** As many lines as fit, and how many are left out. */
export function fitting(lines: readonly string[], max: number, limit = lines.length): string {
  const taken: string[] = [];
  let length = 0;
  for (const line of lines.slice(0, limit)) {
    length += line.length + 1;
    if (length > max) break;
    taken.push(line);
  }
  const left = lines.length - taken.length;
  return [...taken, ...(left > 0 ? [`and ${left} more`] : [])].join('\n');
}

export function bytes(size: number): string {
  const step = Math.min(4, Math.floor(Math.log10(Math.max(size, 1)) / 3));
  const value = size / 1000 ** step;
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${['B', 'kB', 'MB', 'GB', 'TB'][step]}`;
}

export const dollars = (cents: number): string =>
  `$${(cents / 100).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
