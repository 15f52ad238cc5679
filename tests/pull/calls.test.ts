import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestHub } from '../harness/hub.ts';
import { askOf, send, signed } from './signed.ts';
import { newKey, stand, type Stand } from './stand.ts';

const path = '/internal/v1/leases';

describe('who may ask for leases', () => {
  const undo: (() => Promise<unknown>)[] = [];
  const here: { now: Stand | null } = { now: null };
  const it = (): Stand => here.now!;
  const worker = () => it().hub.hub.ids.newId('wrk');
  beforeAll(async () => {
    here.now = await stand(undo);
  });
  afterAll(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });
  const refused = async (call: { authorization: string; text: string }, at = path) => {
    const answer = await send(it().hub.origin, at, call);
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'unauthenticated', status: 401 });
    return answer.body.detail as string;
  };

  test('a call that is signed with the key of now is answered', async () => {
    const answer = await send(it().hub.origin, path, signed(it().keys, path, askOf(worker())));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ deliveries: [], next: '', limits: { hostMaxInFlight: 128 } });
  });

  test('another key of that version, and a version that is not there, are told apart', async () => {
    expect(await refused(signed(`1:${newKey()}`, path, askOf(worker())))).toContain('does not fit');
    expect(await refused(signed(`7:${newKey()}`, path, askOf(worker())))).toContain('no worker key 7');
  });

  test('a body, a path or a time that is not the one signed for is refused', async () => {
    const call = signed(it().keys, path, askOf(worker()));
    expect(await refused({ ...call, text: JSON.stringify(askOf(worker())) })).toContain('does not fit');
    expect(await refused(call, `${path}/renew`)).toContain('does not fit');
    const later = { ...call, authorization: call.authorization.replace(/time=\d/, 'time=2') };
    expect(await refused(later)).toContain('does not fit');
  });

  test('the very same call is answered once', async () => {
    const call = signed(it().keys, path, askOf(worker()));
    expect((await send(it().hub.origin, path, call)).status).toBe(200);
    expect(await refused(call)).toContain('made before');
  });

  test('a clock that is minutes away is refused, and told by how much', async () => {
    const behind = signed(it().keys, path, askOf(worker()), { timeMs: Date.now() - 300_000 });
    expect(await refused(behind)).toMatch(/clocks are (299|300|301) s apart: the caller’s is behind/);
    const ahead = signed(it().keys, path, askOf(worker()), { timeMs: Date.now() + 300_000 });
    expect(await refused(ahead)).toContain('ahead');
  });

  test('no token of the API opens it, and no worker key opens the API', async () => {
    const { hub, account, publisher } = it();
    for (const token of [account.token, publisher, null]) {
      const answer = await hub.call('POST', path, token, askOf(worker()));
      expect(answer.status).toBe(401);
      expect(answer.body.detail).toContain('signed with a worker key');
    }
    const { authorization, text } = signed(it().keys, '/v1/events', { type: 'x' });
    expect((await send(hub.origin, '/v1/events', { authorization, text })).status).toBe(401);
  });

  test('what does not fit the protocol is a 422, and only for whoever may call at all', async () => {
    const answer = await send(it().hub.origin, path, signed(it().keys, path, { worker: 'me' }));
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain('/worker');
  });

  test('refusals are counted by their reason', async () => {
    const { body } = await it().hub.call('GET', '/metrics', null);
    for (const why of ['unsigned', 'unknown_key', 'signature', 'clock', 'replay'])
      expect(body).toMatch(new RegExp(`worker_calls_refused\\w*\\{why="${why}"\\} [1-9]`));
  });

  test('the OpenAPI document does not know these addresses', async () => {
    const { body } = await it().hub.call('GET', '/openapi.json', null);
    expect(Object.keys(body.paths as object).filter((one) => one.startsWith('/internal'))).toEqual([]);
  });

  test('while a key is changed both are good, and the newest signs', async () => {
    const [old, fresh] = [newKey(), newKey()];
    const hub = await startTestHub({
      PATCHBAY_DELIVERY: 'pull',
      PATCHBAY_WORKER_KEYS: `1:${old},2:${fresh}`,
    });
    undo.push(() => hub.stopAndForget());
    for (const keys of [`1:${old}`, `2:${fresh}`, `1:${old},2:${fresh}`]) {
      const call = signed(keys, path, askOf(worker()));
      expect((await send(hub.origin, path, call)).status).toBe(200);
      expect(call.authorization).toContain(keys.includes('2:') ? 'key=2' : 'key=1');
    }
  });

  test('a hub that delivers itself has no such address', async () => {
    const hub = await startTestHub({ PATCHBAY_WORKER_KEYS: it().keys });
    undo.push(() => hub.stopAndForget());
    const answer = await send(hub.origin, path, signed(it().keys, path, askOf(worker())));
    expect(answer.status).toBe(404);
  });

  test('a hub that is to be pulled from without a key says what to set', async () => {
    await expect(startTestHub({ PATCHBAY_DELIVERY: 'pull' })).rejects.toThrow('PATCHBAY_WORKER_KEYS');
    await expect(startTestHub({ PATCHBAY_DELIVERY: 'push' })).rejects.toThrow('here or pull');
  });
});
