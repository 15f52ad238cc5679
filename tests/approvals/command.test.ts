import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { patchbay } from '../cli/spawn.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';

describe('patchbay approval, beside a running hub', () => {
  const state = {} as { hub: TestHub };
  beforeAll(async () => {
    state.hub = await startTestHub();
  });
  afterAll(() => state.hub?.stopAndForget());
  const run = (...args: string[]) => patchbay(state.hub.folder, ['approval', ...args]);

  test('says what needs approval, lists who waits, decides; the running hub goes by it at once [S2-51]', async () => {
    const { out } = await run('require', '--types', 'booking.*', '--note', 'bookings leave');
    const rule = out.trim();
    expect(rule).toMatch(/^apr_/);
    const { token } = await state.hub.account();
    const subscribe = (path: string) =>
      state.hub.call('POST', '/v1/subscriptions', token, {
        endpoint: { type: 'webhook', url: `http://127.0.0.1:9/${path}` },
        event_types: ['booking.confirmed'],
      });
    const [first, second] = [(await subscribe('1')).body, (await subscribe('2')).body];
    expect(first.state).toBe('pending_approval');
    expect((await run('list')).out).toContain(first.id);
    expect(JSON.parse((await run('rules', '--json')).out)).toEqual([
      expect.objectContaining({ id: rule, event_types: ['booking.*'], note: 'bookings leave' }),
    ]);

    expect((await run('approve', first.id, '--seen', '1', '--note', 'fine')).out.trim()).toBe(
      `${first.id} approved`,
    );
    expect((await run('refuse', second.id, '--seen', '1', '--note', 'no')).code).toBe(0);
    const stateOf = async (id: string) =>
      (await state.hub.call('GET', `/v1/subscriptions/${id}`, token)).body.state_reason;
    expect([await stateOf(first.id), await stateOf(second.id)]).toEqual([null, 'approval_refused']);
    expect(JSON.parse((await run('list', '--state', 'refused', '--json')).out)).toHaveLength(1);
    expect((await run('end', rule)).code).toBe(0);
    expect((await subscribe('3')).body.state).toBe('active');
  });

  test('what cannot be is one line that says so, and exit code 1', async () => {
    for (const [args, words] of [
      [['require', '--note', 'n'], 'Name an app, scopes or event types'],
      [['require', '--scopes', 'rfps:create', '--note', 'n'], 'reveals nothing'],
      [['approve', 'sub_01kam0000000000000000000zz', '--seen', 'x', '--note', 'n'], 'a whole number'],
      [['approve', 'sub_01kam0000000000000000000zz', '--seen', '1', '--note', 'n'], 'waits for approval'],
      [['approve', 'sub_01kam0000000000000000000zz', '--seen', '1'], '--note is needed'],
      [['end', 'apr_nobody'], 'There is no rule'],
      [['list', '--state', 'lost'], 'A state is one of'],
    ] as const) {
      const ran = await run(...args);
      expect(ran.code, args.join(' ')).toBe(1);
      expect(ran.err).toContain(words);
    }
  });
});
