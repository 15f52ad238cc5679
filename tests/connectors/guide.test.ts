import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeConnector } from '../../src/connector-folder.ts';
import { root } from '../../src/connector-registry.ts';
import { blocksOf } from '../docs/read-docs.ts';
import { proveOnBothHosts } from './conformance/on-both-hosts.ts';
import { createHouse } from './house.ts';

/** Somebody who follows the guide to the letter: the folder is written, and each file becomes what the guide shows. */
const house = createHouse();
const folder = join(house.path, 'connectors/taskline');
writeConnector('taskline', house.path);
const shown = blocksOf('docs/guides/connector.md').filter(({ check }) => check === 'connector');
for (const { settings, text } of shown) writeFileSync(join(folder, settings['file'] ?? ''), text);
rmSync(join(folder, 'fixtures/plan.json'));
afterAll(() => house.forget());

describe('the connector of the guide [S2-43]', () => {
  test('has each file that the template has', () => {
    const files = new Set(shown.map(({ settings }) => settings['file']));
    expect(files).toEqual(
      new Set(['plan.ts', 'errors.ts', 'deliver.ts', 'index.ts', 'stand-in.ts', 'conformance.ts']),
    );
  });

  test('is clean for the lint and the formatter', () => {
    for (const file of ['.oxlintrc.json', '.oxfmtrc.json'])
      copyFileSync(join(root, file), join(house.path, file));
    expect(run('oxlint', ['connectors'])).toContain('Found 0 warnings and 0 errors.');
    expect(run('oxfmt', ['--check', 'connectors/taskline'])).toContain(
      'All matched files use the correct format.',
    );
  });

  test('fits the types of the kit', () => {
    copyFileSync(join(root, 'tsconfig.json'), join(house.path, 'tsconfig.json'));
    const tsconfig = JSON.stringify({ extends: './tsconfig.json', include: ['connectors'] });
    writeFileSync(join(house.path, 'tsconfig.guide.json'), tsconfig);
    const told = run('tsc', ['-p', 'tsconfig.guide.json']);
    expect(told.split('\n').filter((line) => line.startsWith('connectors/'))).toEqual([]);
  });
});

function run(program: string, args: string[]): string {
  const { stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', program), args, {
    cwd: house.path,
    encoding: 'utf8',
  });
  return `${stdout}${stderr}`;
}

await proveOnBothHosts({
  name: 'the guide’s connector',
  connector: join(folder, 'index.ts'),
  conformance: join(folder, 'conformance.ts'),
  plan: join(folder, 'fixtures/plan.json'),
  isNew: true,
});
