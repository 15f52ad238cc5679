import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anchorsOf, pages, prose, root } from './read-docs.ts';

/** `[words](target)` and `![words](target)`, less what leads out of the repository. */
const linksOf = (page: string): string[] =>
  [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

function wrongWith(page: string, link: string): string | null {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : relative(root, join(root, dirname(page), path));
  if (target.startsWith('..')) return `${link} leads out of the repository`;
  if (!existsSync(join(root, target))) return `${link}: there is no ${target}`;
  if (anchor === undefined) return null;
  return anchorsOf(target).has(anchor) ? null : `${link}: ${target} has no heading for #${anchor}`;
}

describe('links', () => {
  test.each(pages)('every link of %s leads somewhere [S2-64]', (page) => {
    expect(linksOf(page).flatMap((link) => wrongWith(page, link) ?? [])).toEqual([]);
  });

  test('a wrong file and a wrong heading are found', () => {
    expect(wrongWith('docs/README.md', 'nowhere.md')).toContain('there is no docs/nowhere.md');
    expect(wrongWith('docs/README.md', 'filters.md#nowhere')).toContain('no heading');
    expect(wrongWith('docs/README.md', '../../x.md')).toContain('out of the repository');
  });

  test('every page of docs is named by the index or by another page', () => {
    const named = new Set(
      pages.flatMap((page) =>
        linksOf(page).map((link) => relative(root, join(root, dirname(page), link.split('#')[0] ?? ''))),
      ),
    );
    const folders = [...named].map((path) => `${path}/`);
    const lost = pages.filter(
      (page) =>
        page.startsWith('docs/') &&
        page !== 'docs/README.md' &&
        !named.has(page) &&
        !folders.some((folder) => page.startsWith(folder)),
    );
    expect(lost).toEqual([]);
  });
});
