import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { read, root } from './read-docs.ts';

type Row = { id: string; state: string; code: string[]; tests: { file: string; title: string }[] };

const page = read('docs/requirements.md');
const rows: Row[] = page
  .split('\n')
  .filter((line) => /^\| *S\d-/.test(line))
  .map((line) => {
    const [, id = '', , state = '', code = '', tests = ''] = line
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    return {
      id,
      state,
      code: [...code.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
      tests: [...tests.matchAll(/`([^`]+)`: (.*?\](?=;|$))/g)].map(([, file = '', title = '']) => ({
        file,
        title,
      })),
    };
  });

const numbered = (part: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${part}-${String(i + 1).padStart(2, '0')}`);
const kindOf = ({ state }: Row): string => state.replace(/: .+$/, '');

/** As it stands in the source, where a quotation mark may be escaped. */
const hasTitle = (file: string, title: string): boolean =>
  readFileSync(join(root, file), 'utf8').replaceAll("\\'", "'").includes(title);

describe('the page of requirements', () => {
  test('has every id once, in order', () => {
    expect(rows.map(({ id }) => id)).toEqual([...numbered('S1', 65), ...numbered('S2', 86)]);
  });

  test('says done, later, or what part is there', () => {
    expect(rows.filter(({ state }) => !/^(?:done|later|part: .{5,})$/.test(state))).toEqual([]);
  });

  test('names code for what is there, a test for what is done, and neither for what comes later', () => {
    for (const row of rows) {
      const kind = kindOf(row);
      expect([row.id, row.code.length > 0]).toEqual([row.id, kind !== 'later']);
      if (kind !== 'part') expect([row.id, row.tests.length > 0]).toEqual([row.id, kind === 'done']);
    }
  });

  test('names only files that exist', () => {
    const named = rows.flatMap(({ code, tests }) => [...code, ...tests.map(({ file }) => file)]);
    expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    expect(named.length).toBeGreaterThan(50);
  });

  test('names only tests that there are, each with the id in its title', () => {
    const wrong = rows.flatMap(({ id, tests }) =>
      tests
        .filter(({ file, title }) => !title.includes(`[${id}]`) || !hasTitle(file, title))
        .map(({ file, title }) => `${id}: ${file}: ${title}`),
    );
    expect(wrong).toEqual([]);
  });

  test('reads every test cell whole', () => {
    const titled = [...page.matchAll(/`tests\/[^`]+\.test\.ts`: /g)].length;
    expect(rows.flatMap(({ tests }) => tests)).toHaveLength(titled);
  });

  test('counts its rows right', () => {
    const count = (kind: string) => rows.filter((row) => kindOf(row) === kind).length;
    expect(page).toContain(`Now: ${count('done')} done, ${count('part')} in part, ${count('later')} later.`);
  });
});
