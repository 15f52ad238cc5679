import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { type Sender, sendSigned } from '../intents/signed.ts';
import { wish } from '../intents/wishes.ts';
import { patchbay, start } from './spawn.ts';

describe('patchbay beside a running hub', () => {
  const state = {} as { hub: TestHub; sink: Sink; accountId: string };
  beforeAll(async () => {
    state.hub = await startTestHub();
    state.sink = await startSink();
    const made = await patchbay(state.hub.folder, [
      'account',
      'create',
      '--name',
      'Luna',
      '--city',
      'houston',
    ]);
    if (made.code !== 0) throw new Error(made.err);
    state.accountId = made.out.trim();
  });
  afterAll(async () => {
    await state.hub.stopAndForget();
    await state.sink.close();
  });
  const run = (...args: string[]) => patchbay(state.hub.folder, args, { PATCHBAY_URL: state.hub.origin });
  const me = (token: string) => state.hub.call('GET', '/v1/me', token);

  test('a token that it makes is known to the running hub at once, and one that it revokes is refused at once', async () => {
    const made = await run(
      'token',
      'create',
      '--scopes',
      'bookings:read',
      '--account',
      'Luna',
      '--expires',
      '90d',
    );
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^pbk_kl_\w{8}_\w{36}\n$/) as string });
    const token = made.out.trim();
    const known = await me(token);
    expect(known).toMatchObject({ status: 200, body: { account: { id: state.accountId } } });
    // Remembered now: the next answer shows that a memory of yes is given up when another process writes.
    expect((await me(token)).status).toBe(200);
    const revoked = await run('token', 'revoke', known.body.token, '--reason', 'leaked');
    expect(revoked).toMatchObject({ code: 0, out: expect.stringMatching(/^rvk_\w+\n$/) as string });
    expect(await me(token)).toMatchObject({ status: 401, body: { code: 'token_revoked' } });
  });

  test('what it suspends and lifts is seen by the running hub at once', async () => {
    const account = await state.hub.account();
    expect((await me(account.token)).status).toBe(200);
    await run('suspend', 'account', account.id, '--reason', 'odd traffic');
    expect((await me(account.token)).status).toBe(403);
    await run('unsuspend', 'account', account.id);
    expect((await me(account.token)).status).toBe(200);
    const preview = await run('revoke', 'grant', account.grantId, '--preview');
    expect(preview.out).toMatch(/^grant grt_\w+: valid\ntokens +1\n/);
    expect((await me(account.token)).status).toBe(200);
    const revoked = await run('revoke', 'grant', account.grantId, '--reason', 'abuse', '--note', 'by phone');
    expect((await me(account.token)).status).toBe(401);
    const receipt = await run('receipt', revoked.out.trim());
    expect(receipt.out).toMatch(/revoked \S+ for abuse by cli\n/);
    expect(receipt.out).toMatch(/\nnote +by phone\n$/);
    const again = await run('revoke', 'grant', account.grantId, '--reason', 'abuse', '--json');
    expect(JSON.parse(again.out)).toEqual({ id: revoked.out.trim(), already: true });
    const nobody = await run('revoke', 'user', 'usr_nobody', '--reason', 'abuse');
    expect(nobody).toMatchObject({ code: 1, err: 'patchbay: There is no user usr_nobody.\n' });
  });

  test('an account that it closes is closed in the running hub, for good', async () => {
    const account = await state.hub.account();
    expect(await run('account', 'status', account.id, 'closed')).toMatchObject({ code: 0 });
    expect((await me(account.token)).status).toBe(401);
    const back = await run('account', 'status', account.id, 'active');
    expect(back).toMatchObject({
      code: 1,
      err: 'patchbay: The account is closed; it cannot become active.\n',
    });
  });

  test('a sender of RFPs that it makes asks by its signature at once; rotated for a leak, the old secret asks no more', async () => {
    const made = await run('rfp-sender', 'create', '--account', 'Luna', '--label', 'our CRM', '--json');
    const sender = JSON.parse(made.out) as Sender;
    expect((await sendSigned(state.hub, sender, wish())).status).toBe(202);
    const rotated = await run('rfp-sender', 'rotate', sender.id, '--overlap', '0');
    expect(rotated).toMatchObject({ code: 0, out: expect.stringMatching(/^whsec_\S+\n$/) as string });
    expect((await sendSigned(state.hub, sender, wish())).status).toBe(401);
    const next = { ...sender, secret: rotated.out.trim() };
    expect((await sendSigned(state.hub, next, wish())).status).toBe(202);
    const key = await run('security-events', 'rotate-key');
    expect(key).toMatchObject({ code: 1, err: expect.stringContaining('There is no key yet') as string });
  });

  test('trigger publishes through the API, and listen forwards it signed to a local URL', async () => {
    const forwarding = start(
      state.hub.folder,
      ['listen', '--forward-to', `${state.sink.origin}/local`, '--account', 'Luna', '--types', 'booking.*'],
      { PATCHBAY_URL: state.hub.origin },
    );
    await until('it listens', () => forwarding.seen.err.includes('Ctrl-C'));
    const triggered = await run('trigger', 'booking.confirmed', '--account', 'Luna', '--count', '3');
    expect(triggered.code).toBe(0);
    expect(triggered.out.trim().split('\n')).toHaveLength(3);
    await until('all arrive', () => state.sink.received.length === 3);
    const secret = /whsec_\S+/.exec(forwarding.seen.err)![0];
    const [first] = state.sink.received;
    const headers = first!.headers as Record<string, string>;
    const body = new Webhook(secret).verify(first!.body, headers) as Record<string, unknown>;
    expect(body).toMatchObject({ type: 'booking.confirmed', account: state.accountId });
    forwarding.child.kill('SIGINT');
    const ended = await forwarding.done;
    expect(ended.code).toBe(0);
    expect(ended.out.trim().split('\n')).toHaveLength(3);
    expect(ended.out).toMatch(/^booking\.confirmed evt_\S+ → 200$/m);
  });

  test('quarantine is listed, shown and re-driven with mended data', async () => {
    const good = eventFor([state.accountId]);
    const { confirmed_at: _, ...data } = good['data'] as Record<string, unknown>;
    const published = await state.hub.call('POST', '/v1/events', await state.hub.service(), {
      ...good,
      data,
    });
    const id = published.body.id as string;
    const listed = await run('quarantine', 'list');
    expect(listed.out).toContain(id);
    expect(listed.out).toContain('/confirmed_at');
    expect((await run('quarantine', 'redrive', id)).code).toBe(1);
    const file = join(state.hub.folder, 'mended.json');
    writeFileSync(file, JSON.stringify(good['data']));
    const redriven = await run('quarantine', 'redrive', id, '--file', file);
    expect(redriven).toMatchObject({ code: 0, out: `${id} accepted\n` });
    expect(await run('quarantine', 'show', id)).toMatchObject({ code: 1, out: '' });
  });

  test('purge and status answer JSON, and nothing but the answer is on stdout', async () => {
    expect(JSON.parse((await run('purge', '--json')).out)).toMatchObject([{ receipts: 0, events: 0 }]);
    const status = JSON.parse((await run('status', '--json')).out) as Record<string, number>;
    expect(status['accounts']).toBeGreaterThan(0);
    expect(status['failed_tasks']).toBe(0);
  });

  test('doctor finds a healthy hub healthy, and tells of keys that others may read', async () => {
    const well = await run('doctor');
    expect(well.out).toContain(`hub: answers at ${state.hub.origin}`);
    expect(well).toMatchObject({ code: 0, out: expect.not.stringContaining('BAD') as string });
    chmodSync(join(state.hub.folder, 'keys.json'), 0o644);
    const ill = await run('doctor');
    expect(ill).toMatchObject({ code: 1, out: expect.stringContaining('chmod 600') as string });
    chmodSync(join(state.hub.folder, 'keys.json'), 0o600);
  });
});

describe('patchbay by itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = (...args: string[]) => patchbay(folder, args);

  test('an error is one readable line on stderr and exit code 1', async () => {
    const refused = await Promise.all([
      run('token', 'create', '--scopes', 'no:such'),
      run('token', 'create', '--scopes', 'bookings:read'),
      run('token', 'create', '--scopes', 'bookings:read', '--account', 'Nobody'),
      run('token', 'create', '--scopes', 'bookings:read', '--expires', 'soon'),
      run('account', 'create', '--name', 'Paris', '--country', 'FR'),
      run('trigger', 'no.such'),
      run('revoke', 'planet', 'x', '--reason', 'y'),
      run('frobnicate'),
    ]);
    for (const { code, out, err } of refused) {
      expect(code).toBe(1);
      expect(out).toBe('');
      expect(err.trim().split('\n')).toHaveLength(1);
      expect(err).not.toMatch(/ at .*:\d+:\d+/);
    }
  });

  test('a hub that does not answer is said so', async () => {
    const alone = join(folder, 'alone');
    await patchbay(alone, ['account', 'create', '--name', 'A']);
    const ended = await patchbay(alone, ['trigger', 'booking.confirmed', '--url', 'http://127.0.0.1:9']);
    expect(ended.code).toBe(1);
    expect(ended.err).toContain('No hub answers at http://127.0.0.1:9.');
  });

  test('doctor makes nothing where nothing is', async () => {
    const missing = join(folder, 'missing');
    const first = await patchbay(missing, ['doctor']);
    expect(first).toMatchObject({ code: 1, out: expect.stringContaining('is not there') as string });
    // Others use the disk meanwhile.
    const found = (out: string) => out.replace(/\d[\d.]* GiB free/, '… free');
    expect(found((await patchbay(missing, ['doctor'])).out)).toBe(found(first.out));
  });

  test('every command has its help, with an example', async () => {
    const helps = await Promise.all(
      commands.slice(0, 4).map(({ name }) => run(...name.split(' '), '--help')),
    );
    for (const help of helps)
      expect(help).toMatchObject({ code: 0, out: expect.stringContaining('For example:') as string });
    for (const { examples } of commands) expect(examples[0]).toMatch(/patchbay /);
  });
});
