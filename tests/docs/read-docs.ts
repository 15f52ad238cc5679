/** The documentation as data: pages, fenced blocks that say how they are checked, headings and links. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export const pages: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...globSync('docs/**/*.md', { cwd: root }).sort(),
];
export const guides: readonly string[] = pages.filter((page) => page.startsWith('docs/guides/'));

export const read = (page: string): string => readFileSync(join(root, page), 'utf8');

export type Block = {
  page: string;
  language: string;
  text: string;
  /** `<!-- check: subscription scopes=a,b -->` on the line before the fence. */
  check: string | null;
  settings: Record<string, string>;
};

export function blocksOf(page: string): Block[] {
  const text = read(page);
  const fences = text.matchAll(/(?:^<!-- check: ([^\n]*?) -->\n)?^```(\w+)\n([\s\S]*?)^```$/gm);
  return [...fences].map(([, words, language = '', body = '']) => {
    const [check = null, ...rest] = words?.split(' ') ?? [];
    const settings = Object.fromEntries(
      rest.map((pair) => {
        const [name = '', value = ''] = pair.split('=');
        return [name, value];
      }),
    );
    return { page, language, text: body, check, settings };
  });
}

export function blockOf(page: string, check: string, setting?: string): string {
  const found = blocksOf(page).find(
    (block) => block.check === check && (setting === undefined || setting in block.settings),
  );
  if (!found) throw new Error(`${page} has no block with check: ${check} ${setting ?? ''}`);
  return found.text;
}

/** Without what is code: a link in an example is no link. */
export const prose = (page: string): string =>
  read(page)
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .replaceAll(/`[^`\n]*`/g, '');

/** The anchors that GitHub gives to a page's headings. */
export function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>();
  const headings = read(page)
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    [...headings].map(([, title = '']) => {
      const slug = title
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
        .replaceAll(' ', '-');
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      return times === 0 ? slug : `${slug}-${times}`;
    }),
  );
}
