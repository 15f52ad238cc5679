import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordAudit } from '../../src/audit/index.ts';
import { commands, type Terminal } from '../../src/commands/index.ts';
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

  test('the audit trail is exported by time, as JSON lines and as CSV, and who copied it is in it [S2-30]', async () => {
    const { id } = await state.hub.account(['bookings:read']);
    const { store } = state.hub.hub;
    const parts = { actor: 'cli', action: 'test.quote', subject: 'audit', accountId: id };
    await store.write((db) => [
      recordAudit(db, state.hub.hub, { ...parts, detail: { note: 'a "quoted", note\nin two lines' } }),
      // More than one look.
      ...Array.from({ length: 520 }, (_, n) => recordAudit(db, state.hub.hub, { ...parts, detail: { n } })),
    ]);
    const all = await run('audit', 'export');
    expect([all.code, all.err]).toEqual([0, expect.stringMatching(/^\d+ rows, up to /)]);
    const rows = all.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { at: string; action: string; account: string | null });
    expect(rows.filter(({ action }) => action === 'test.quote')).toHaveLength(521);
    expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).toSorted());
    const day = new Date().toISOString().slice(0, 10);
    const csv = await run('audit', 'export', '--account', id, '--since', day, '--format', 'csv');
    const lines = csv.out.split('\n');
    expect(lines[0]).toBe('position,at,actor,action,subject,account,request_id,detail');
    expect(csv.out).toContain('"{""note"":""a \\""quoted\\"", note\\nin two lines""}"');
    expect(csv.out).not.toContain('staff.grant');
    const { audit } = store.tables;
    const copied = await store.db.select().from(audit).where(eq(audit.action, 'audit.export'));
    expect(copied.map(({ actor, accountId }) => [actor, accountId])).toEqual([
      ['cli', null],
      ['cli', id],
    ]);
    expect(copied[1]?.detail).toMatchObject({ since: `${day}T00:00:00.000Z`, format: 'csv' });
  });

  test('where an answer holds only so many lines, the export says that it is not all, and goes on from there', async () => {
    const said: string[][] = [];
    for (let after: string | undefined; said.length < 50;) {
      const part = { out: [] as string[], notes: [] as string[], code: 0 };
      const terminal = {
        open: async () => state.hub.hub,
        out: (line: string) => void part.out.push(line),
        note: (line: string) => void part.notes.push(line),
        fail: (code = 1) => void (part.code = code),
        mostLines: 100,
      } as unknown as Terminal; // All that this command asks of it.
      const options = { format: 'csv', until: '2100-01-01', ...(after === undefined ? {} : { after }) };
      await commands.find(({ name }) => name === 'audit export')?.run(terminal, { args: [], options });
      said.push(part.out);
      after = /--after (\S+)$/.exec(part.notes.at(-1) ?? '')?.[1];
      expect([part.out.length <= 100, part.code]).toEqual([true, after === undefined ? 0 : 2]);
      if (after === undefined) break;
    }
    const [header, ...rows] = said.flat();
    expect(header).toMatch(/^position,/);
    const positions = rows.map((line) => Number(line.split(',')[0]));
    expect(new Set(positions).size).toBe(positions.length);
    const { audit } = state.hub.hub.store.tables;
    const trail = await state.hub.hub.store.db.select().from(audit).orderBy(audit.position);
    // All but the row that the last part left of itself.
    expect(positions.toSorted((a, b) => a - b)).toEqual(trail.slice(0, -1).map(({ position }) => position));
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
      [['audit', 'export', '--since', 'yesterday'], '--since is a day (2026-11-01) or an instant'],
      [['audit', 'export', '--since', '2026-02-30'], '--since is a day'],
      [['audit', 'export', '--since', '2026-11-02', '--until', '2026-11-02'], '--since lies before --until'],
      [['audit', 'export', '--account', 'Nobody'], 'Nobody'],
      [['audit', 'export', '--format', 'xml'], 'A format is one of jsonl, csv'],
      [['audit', 'export', '--after', 'here'], 'The cursor is not one'],
    ] as const) {
      const { code, err } = await run(...args);
      expect([code, err.trim().split('\n').length]).toEqual([1, 1]);
      expect(err).toContain(words);
    }
  });
});
