import { execFile } from 'node:child_process';
import { cp, glob, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';

/**
 * Proof that the lint fires. Each file of `bad/` names in its first line the rules that it breaks. The files
 * are laid out as a house of their own under the real configuration, because its rules go by path.
 */
const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

describe('the lint', () => {
  const found = { bad: new Map<string, string[]>(), good: new Map<string, string[]>() };
  beforeAll(async () => {
    found.bad = await lintHouse('bad');
    found.good = await lintHouse('good');
  });

  test('fires every rule that a bad file names, and no other', async () => {
    const expected = await rulesNamed();
    expect(Object.fromEntries(found.bad)).toEqual(Object.fromEntries(expected));
  });

  test('has a bad file for each rule of the house', async () => {
    const named = new Set([...(await rulesNamed()).values()].flat());
    const rules = [
      'eslint(max-lines)',
      'eslint(no-console)',
      'eslint(no-restricted-imports)',
      'eslint(no-restricted-globals)',
      'house(lent-by-ports)',
      'house(named-rooms)',
      'house(no-module-let)',
      'house(plain-imports)',
      'import(no-cycle)',
      'import(no-default-export)',
      'node(no-process-env)',
      'typescript(no-explicit-any)',
      'typescript(no-floating-promises)',
      'typescript(switch-exhaustiveness-check)',
    ];
    expect(rules.filter((rule) => !named.has(rule))).toEqual([]);
  });

  test('leaves a good house alone', () => {
    expect(Object.fromEntries(found.good)).toEqual({});
  });
});

describe('a door', () => {
  test('resolves from any file of the package', async () => {
    expect(await importInNode('#src/errors')).toBe('loaded');
  });

  test('is the only way in: a deep import does not resolve', async () => {
    expect(await importInNode('#src/errors/codes')).toBe('ERR_MODULE_NOT_FOUND');
    expect(await importInNode('#src/errors/codes.ts')).toBe('ERR_MODULE_NOT_FOUND');
    expect(await importInNode('#kit/index.ts')).toBe('ERR_PACKAGE_IMPORT_NOT_DEFINED');
  });
});

async function rulesNamed(): Promise<Map<string, string[]>> {
  const named = new Map<string, string[]>();
  const house = join(import.meta.dirname, 'bad');
  for await (const path of glob(join(house, '**/*.{ts,tsx}'))) {
    const [first = ''] = (await readFile(path, 'utf8')).split('\n');
    named.set(relative(house, path), first.replace('// fires: ', '').split(' ').sort());
  }
  return named;
}

/** Which rules fire in which file of a house, under the real configuration. */
async function lintHouse(name: 'bad' | 'good'): Promise<Map<string, string[]>> {
  const house = await mkdtemp(join(tmpdir(), 'patchbay-lint-'));
  try {
    await cp(join(import.meta.dirname, name), house, { recursive: true });
    for (const path of ['.oxlintrc.json', 'package.json', 'tsconfig.json', 'tests/lint/rules']) {
      await cp(join(root, path), join(house, path), { recursive: true });
    }
    await symlink(join(root, 'node_modules'), join(house, 'node_modules'));
    const found = new Map<string, Set<string>>();
    for (const { filename, code } of await lint(house)) {
      found.set(filename, (found.get(filename) ?? new Set()).add(code));
    }
    return new Map([...found].map(([file, codes]) => [file, [...codes].sort()]));
  } finally {
    await rm(house, { recursive: true });
  }
}

type Diagnostic = { filename: string; code: string };

async function lint(house: string): Promise<Diagnostic[]> {
  const oxlint = join(root, 'node_modules/.bin/oxlint');
  // It ends with 1 when it finds something, and its findings are then on the error.
  const { stdout } = await run(oxlint, ['--format=json', 'src', 'connectors'], { cwd: house }).catch(
    (error: { stdout: string }) => error,
  );
  return JSON.parse(stdout).diagnostics;
}

async function importInNode(specifier: string): Promise<string> {
  const script = `import('${specifier}').then(() => console.log('loaded'), (e) => console.log(e.code))`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: root });
  return stdout.trim();
}
