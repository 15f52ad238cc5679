import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { absentMark, judge } from './describe.ts';
import { findProgram, provideProgram, ServiceAbsent } from './provide.ts';
import { closingLines } from './report.ts';

describe('finding a program', () => {
  const place = { folder: '' };
  beforeAll(async () => {
    place.folder = await mkdtemp(join(tmpdir(), 'patchbay-provide-'));
    for (const version of ['9', '15', '17']) {
      const bin = join(place.folder, 'db', version, 'bin');
      await mkdir(bin, { recursive: true });
      await writeFile(join(bin, 'madeup-db'), '#!/bin/sh\n');
      await chmod(join(bin, 'madeup-db'), version === '17' ? 0o644 : 0o755);
    }
  });
  afterAll(async () => rm(place.folder, { recursive: true }));

  test('takes the highest version that may be run', async () => {
    const folders = [join(place.folder, 'db/*/bin')];
    expect(await findProgram({ programs: ['madeup-db'], folders })).toBe(
      join(place.folder, 'db', '15', 'bin', 'madeup-db'),
    );
  });

  test('looks on the path', async () => {
    expect(await findProgram({ programs: ['no-such-shell', 'sh'], folders: [] })).toMatch(/\/sh$/);
  });

  test('is ServiceAbsent with the reason when there is none and nothing can install it', async () => {
    vi.stubEnv('PATH', place.folder);
    const wanted = { programs: ['madeup-cache'], folders: [], package: 'madeup-cache-server' };
    const failure = await provideProgram(wanted).catch((error: unknown) => error);
    vi.unstubAllEnvs();
    expect(failure).toBeInstanceOf(ServiceAbsent);
    expect(String(failure)).toContain('no madeup-cache on this machine; install madeup-cache-server');
  });
});

describe('a suite whose service is not there', () => {
  test('is skipped on a machine of one’s own', () => {
    expect(judge({ absent: 'none' }, false)).toEqual({ run: false, fail: false, reason: 'none' });
  });

  test('fails in CI', () => {
    expect(judge({ absent: 'none' }, true)).toEqual({ run: false, fail: true, reason: 'none' });
  });

  test('fails everywhere when the service is there but broken', () => {
    expect(judge({ broken: 'exit 1' }, false)).toEqual({ run: false, fail: true, reason: 'exit 1' });
  });

  test('is named at the end of the run, before the numbers', () => {
    const suite = `tests/a.test.ts: a store ${absentMark('postgres', 'no initdb')}`;
    expect(closingLines([suite], 3, 0, 2)).toBe(
      `\nNOT PROVED HERE: 1 suites skipped for want of a service\n  ${suite}\n\n3 passed, 0 failed, 2 skipped\n`,
    );
    expect(closingLines([], 3, 1, 0)).toBe('3 passed, 1 failed, 0 skipped\n');
  });
});
