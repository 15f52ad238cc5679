import { describe, expect, test } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { pages, read } from './read-docs.ts';

const optionsOf = new Map(
  commands.map(({ name, options = [] }) => [
    name,
    new Set(['--help', '--data', ...options.map(([flag]) => flag.split(' ')[0] ?? '')]),
  ]),
);

/** What a page tells somebody to run: the words after the program's name, up to the end of line, pipe or code. */
const called =
  /(?:^|[`($\s])(?:(?:patchbay )?patchbay|npm run (?:patchbay|edge) --) ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?([^\n`#|)]*)/gm;

function wrongWith(page: string): string[] {
  return [...read(page).replaceAll('\\\n', ' ').matchAll(called)].flatMap(
    ([whole, first = '', second, rest = '']) => {
      const name = [`${first} ${second}`, first].find((one) => optionsOf.has(one));
      const isFamily = commands.some((command) => command.name.startsWith(`${first} `));
      if (name === undefined) return isFamily && second === undefined ? [] : [whole.trim()];
      const flags = rest.match(/--[a-z][a-z-]*/g) ?? [];
      return flags.filter((flag) => !optionsOf.get(name)?.has(flag)).map((flag) => `${name} ${flag}`);
    },
  );
}

describe('commands in the documentation', () => {
  test.each(pages)('every command and option of %s is one that there is', (page) => {
    expect(wrongWith(page)).toEqual([]);
  });

  test('every command is on the page of commands', () => {
    const table = read('docs/cli.md')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split(' | ')[0] ?? '');
    const isNamed = (name: string): boolean => {
      const [first = '', second] = name.split(' ');
      return table.some(
        (cell) =>
          cell.includes(`\`${first}`) && (second === undefined || new RegExp(`\\b${second}\\b`).test(cell)),
      );
    };
    expect(commands.map(({ name }) => name).filter((name) => !isNamed(name))).toEqual([]);
  });
});
