import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestHub, type TestHub } from '../harness/hub.ts';
import { patchbay } from './spawn.ts';

describe('patchbay staff, beside a running hub', { timeout: 120_000 }, () => {
  const state = {} as { hub: TestHub };
  beforeAll(async () => {
    state.hub = await startTestHub();
  });
  afterAll(() => state.hub.stopAndForget());
  const run = (...args: string[]) => patchbay(state.hub.folder, args);
  const as = (token: string, method: string, path: string, body?: unknown) =>
    state.hub.call(method, `/admin/v1/${path}`, token, body);

  test('the first officer is made, gets a token, and is ended; the running hub goes by it at once', async () => {
    const made = await run('staff', 'grant', 'Sam Osei', 'security', '--new');
    const id = made.out.trim();
    expect(id).toMatch(/^usr_/);
    expect(made.err).toContain('patchbay user link');
    expect((await run('staff', 'list')).out).toMatch(/Sam Osei +security +cli/);
    const quiet = (
      await run('staff', 'token', 'Sam Osei', '--permissions', 'search:read,revocations:create')
    ).out.trim();
    expect((await as(quiet, 'GET', 'me')).body).toMatchObject({ id, elevation: null });
    expect((await as(quiet, 'POST', 'revocations', {})).body.code).toBe('elevation_needed');
    const reason = ['--reason', 'incident 42: leaked tokens'];
    const loud = (
      await run('staff', 'token', id, '--permissions', 'revocations:create', ...reason)
    ).out.trim();
    expect((await as(loud, 'GET', 'me')).body.elevation).toMatchObject({
      permissions: ['revocations:create'],
      reason: 'incident 42: leaked tokens',
    });
    expect((await as(loud, 'POST', 'revocations', {})).status).toBe(422);
    expect((await run('staff', 'end', 'Sam Osei', 'security')).code).toBe(0);
    expect((await as(loud, 'GET', 'me')).status).toBe(403);
  });

  test('what cannot be is one line that says what to do, and exit code 1', async () => {
    for (const [args, words] of [
      [['staff', 'grant', 'Kim', 'king', '--new'], 'A role is one of support, security'],
      [
        ['staff', 'token', 'usr_01kam0000000000000000000zz', '--permissions', 'all'],
        'A permission is one of',
      ],
      [
        [
          'staff',
          'token',
          'usr_01kam0000000000000000000zz',
          '--permissions',
          'search:read',
          '--minutes',
          '481',
        ],
        '8 hours at most',
      ],
    ] as const) {
      const { code, err } = await run(...args);
      expect([code, err.trim().split('\n').length]).toEqual([1, 1]);
      expect(err).toContain(words);
    }
  });
});
