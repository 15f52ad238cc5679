import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorKey, startTestEdge, type TestEdge } from '../harness/edge.ts';
import { operatorPath } from '../../src/operator.ts';

describe('the operator of a hub without a folder', () => {
  let edge: TestEdge;
  beforeAll(async () => {
    const key = (version: number) => `${version}:${Buffer.alloc(32, version).toString('base64')}`;
    edge = await startTestEdge({
      PATCHBAY_MASTER_KEYS: `${key(2)},${key(1)}`,
      PATCHBAY_MASTER_KEY_IN_USE: '1',
      PATCHBAY_PEPPERS: `${key(2)},${key(1)}`,
      PATCHBAY_PEPPER_IN_USE: '1',
    });
  });
  afterAll(() => edge.stop());

  const ask = (body: unknown, authorization = `Operator ${operatorKey}`) =>
    edge.call('POST', operatorPath, null, body, { authorization });
  const command = (name: string, args: string[] = [], options = {}) => ({
    command: name,
    args,
    options,
    files: {},
  });

  test('makes an account and a token, which works', async () => {
    const account = await edge.operate('account create', [], { name: 'Taqueria Luna', city: 'houston' });
    const token = await edge.token(['bookings:read'], 'Taqueria Luna');
    expect(await edge.call('GET', '/v1/me', token)).toMatchObject({
      status: 200,
      body: { account: { id: account } },
    });
  });

  test('revokes a token, which is refused at once', async () => {
    const account = await edge.account();
    const { token } = (await edge.call('GET', '/v1/me', account.token)).body as { token: string };
    await edge.operate('token revoke', [token]);
    expect(await edge.call('GET', '/v1/me', account.token)).toMatchObject({
      status: 401,
      body: { code: 'token_revoked' },
    });
  });

  test('sees numbers, and triggers an event through the API', async () => {
    await edge.operate('account create', [], { name: 'Sees events' });
    const said = await edge.operate('trigger', ['booking.confirmed'], { account: 'Sees events' });
    expect(said).toMatch(/^evt_\S+ accepted$/);
    expect(JSON.parse(await edge.operate('status', [], { json: true }))).toMatchObject({ quarantined: 0 });
  });

  test('goes on by the keys in use, until all Workers have the new ones', async () => {
    await edge.token(['events:publish']);
    const status = JSON.parse(await edge.operate('keys status', [], { json: true })) as object[];
    const stateOf = (kind: string, version: number) =>
      status.find((one) => 'kind' in one && 'version' in one && one.kind === kind && one.version === version);
    expect(stateOf('pepper', 1)).toMatchObject({ state: 'current' });
    expect(stateOf('master key', 1)).toMatchObject({ state: 'current' });
  });

  test('is asked for the key, and nobody else is let in', async () => {
    expect(await ask(command('token list'), 'Operator wrong')).toMatchObject({ status: 401 });
    expect(await ask(command('token list'), `Bearer ${operatorKey}`)).toMatchObject({ status: 401 });
    const token = await edge.token(['events:publish']);
    expect(await ask(command('token list'), `Bearer ${token}`)).toMatchObject({ status: 401 });
  });

  test('holds a copy of a manifest against the trail: the file comes along, the exit code goes back', async () => {
    const { id } = await edge.account();
    const copy = {
      format: 'patchbay.manifest/1',
      deliverable_id: 'dlb_never_seen',
      revision: 1,
      buyer_account_id: id,
      manifest: { sha256: '0'.repeat(64), files: [] },
    };
    const files = { 'copy.json': JSON.stringify(copy) };
    expect(await ask({ ...command('manifest verify', ['copy.json']), files })).toMatchObject({
      status: 200,
      body: {
        exitCode: 2,
        lines: [{ text: 'unknown' }, { text: 'The audit trail has no archived manifest of dlb_never_seen.' }],
      },
    });
    expect(await ask(command('manifest verify', ['copy.json']))).toMatchObject({ body: { exitCode: 2 } });
  });

  test('takes the audit trail away', async () => {
    const { id } = await edge.account();
    const { body } = await ask(command('audit export', [], { account: id }));
    const lines = (body as { lines: { to: string; text: string }[] }).lines.filter(({ to }) => to === 'out');
    const rows = lines.map(({ text }) => JSON.parse(text) as { action: string; account: string });
    expect(rows[0]).toMatchObject({ action: 'account.create', subject: id });
    expect(new Set(rows.map(({ account }) => account))).toEqual(new Set([id]));
  });

  test('is told what is wrong with a command', async () => {
    expect(await ask(command('token make'))).toMatchObject({ status: 404 });
    expect(await ask(command('listen'))).toMatchObject({ status: 404 });
    expect(await ask(command('token create', [], { scopes: 'no:such' }))).toMatchObject({ status: 422 });
    expect(await ask({ command: 'token list' })).toMatchObject({ status: 422 });
    expect(await ask('{')).toMatchObject({ status: 400 });
  });
});

describe('a hub at the edge', () => {
  test('has no operator’s door until its key is set', async () => {
    const edge = await startTestEdge({ PATCHBAY_OPERATOR_KEY: '' });
    expect(await edge.call('POST', operatorPath, null, {})).toMatchObject({ status: 404 });
    await edge.stop();
  });

  test('that is not configured whole says so in its log, and answers 503', async () => {
    const edge = await startTestEdge({ PATCHBAY_PEPPERS: '1:short' });
    const answer = await edge.call('GET', '/healthz', null);
    expect(answer).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
    expect(JSON.stringify(answer.body)).not.toContain('PEPPERS');
    expect((await edge.strict()).lines.join()).toContain(
      'PATCHBAY_PEPPERS must be version:base64 of 32 bytes',
    );
    await edge.stop();
  });

  test('answers health, readiness, gauges and the reference', async () => {
    const edge = await startTestEdge();
    expect(await edge.call('GET', '/healthz', null)).toMatchObject({ status: 200, body: { status: 'up' } });
    expect(await edge.call('GET', '/readyz', null)).toMatchObject({ status: 200, body: { status: 'ready' } });
    expect((await edge.call('GET', '/metrics', null)).body).toContain('patchbay_oldest_due_seconds 0');
    expect((await edge.call('GET', '/openapi.json', null)).body.openapi).toBe('3.1.0');
    const page = await edge.call('GET', '/docs', null, undefined, { 'accept-encoding': 'gzip' });
    expect(page.body).toContain('<!doctype html>');
    await edge.stop();
  });
});
