import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { refusalOf, writeConnector } from '../../src/connector-folder.ts';
import { root } from '../../src/connector-registry.ts';
import { proveOnBothHosts } from './conformance/on-both-hosts.ts';
import { createHouse } from './house.ts';

const house = createHouse();
const folder = join(house.path, 'connectors/acme-boards');
writeConnector('acme-boards', house.path);
afterAll(() => house.forget());

describe('npm run connector:new', () => {
  test('writes a folder under its name and lists it', () => {
    const registry = readFileSync(join(house.path, 'connectors/registry.ts'), 'utf8');
    expect(registry).toContain(
      "'acme-boards': async () => (await import('./acme-boards/index.ts')).connector,",
    );
    for (const file of [
      'index.ts',
      'plan.ts',
      'deliver.ts',
      'errors.ts',
      'stand-in.ts',
      'conformance.ts',
      'README.md',
    ]) {
      const text = readFileSync(join(folder, file), 'utf8');
      expect(text, file).not.toMatch(/template/i);
    }
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain('PATCHBAY_ACME_BOARDS_CLIENT_ID');
    expect(existsSync(join(folder, 'fixtures/plan.json'))).toBe(true);
  });

  test.each([
    [undefined, 'Which connector?'],
    ['Acme', 'cannot be a folder'],
    ['acme_boards', 'cannot be a folder'],
    ['-acme', 'cannot be a folder'],
    ['../acme', 'cannot be a folder'],
    ['a'.repeat(41), 'cannot be a folder'],
    ['template', 'is the name of what is copied'],
    ['acme-boards', 'is there already'],
  ])('refuses %s with words', (name, words) => {
    expect(refusalOf(name, house.path)).toContain(words);
  });

  test('as a command, it says why and writes nothing', () => {
    const run = spawnSync(process.execPath, ['src/connector-new.ts', 'No Name'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect([run.status, run.stderr]).toEqual([1, expect.stringContaining('"No Name" cannot be')]);
  });
});

describe('npm run connector:check', () => {
  test('says in a few lines that a connector is fit', { timeout: 300_000 }, () => {
    const run = spawnSync(process.execPath, ['src/connector-check.ts', 'discord'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(run.stdout.trim().split('\n')).toEqual([
      'discord',
      expect.stringMatching(/^ {2}suite {5}\d+ on Node, \d+ in workerd$/),
      '  lint      clean',
      '  format    clean',
      '  types     clean',
      expect.stringMatching(/^ {2}size {6}\d+\.\d KiB gzipped, of 40 at most$/),
      '  registry  has it',
      '  docs      tell it as it is',
    ]);
    expect(run.status).toBe(0);
  });

  test('says which connectors there are where there is none of that name', () => {
    const run = spawnSync(process.execPath, ['src/connector-check.ts', 'acme'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect([run.status, run.stderr]).toEqual([
      1,
      expect.stringContaining('There is no connectors/acme/index.ts. There are: '),
    ]);
  });
});

// What is copied is proved by its copy: tests/connectors/template.
await proveOnBothHosts({
  name: 'acme-boards, as it was written,',
  connector: join(folder, 'index.ts'),
  conformance: join(folder, 'conformance.ts'),
  plan: join(folder, 'fixtures/plan.json'),
});
