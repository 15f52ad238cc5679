/** From the event to the file at the vendor, through the real hub and real sockets; and back, by `patchbay manifest verify`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connector as dropbox } from '../../connectors/dropbox/index.ts';
import { conformance as dropboxVendor } from '../../connectors/dropbox/conformance.ts';
import { connector as drive } from '../../connectors/google-drive/index.ts';
import { conformance as driveVendor } from '../../connectors/google-drive/conformance.ts';
import type { Drive } from '../../connectors/google-drive/stand-in.ts';
import { finishConnect, followMendLink, mendLink } from '../../src/connections/index.ts';
import { checkManifest } from '../../src/marketplace/index.ts';
import { patchbay } from '../cli/spawn.ts';
import { startVendor, type Vendor } from '../connections/vendor.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';

const scopes = ['deliverables:read', 'webhooks:manage', 'connections:manage'];

describe.each([
  { connector: dropbox, conformance: dropboxVendor, vendorHash: 'dropbox' },
  { connector: drive, conformance: driveVendor, vendorHash: 'drive-sha256' },
])('$connector.manifest.id', ({ connector, conformance, vendorHash }) => {
  const state = {} as {
    hub: TestHub;
    vendor: Vendor;
    account: Awaited<ReturnType<TestHub['account']>>;
    connection: string;
    subscription: string;
  };
  beforeAll(async () => {
    state.vendor = await startVendor(connector, conformance);
    state.hub = await startTestHub(state.vendor.environment);
    state.account = await state.hub.account(scopes);
    const begun = await call('POST', '/v1/connections', { connector: connector.manifest.id });
    const { searchParams } = await state.vendor.consent(begun.body.authorize_url as string);
    await finishConnect(
      state.hub.hub,
      Object.fromEntries(searchParams),
      await state.hub.member(state.account.id),
    );
    state.connection = begun.body.id as string;
    const endpoint = { type: 'connection', connection_id: state.connection, options: {} };
    const made = await call('POST', '/v1/subscriptions', { endpoint, event_types: ['deliverable.accepted'] });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    state.subscription = made.body.id as string;
  });
  afterAll(async () => {
    await state.hub.stopAndForget();
    await state.vendor.close();
  });

  const call = (method: string, path: string, body?: unknown) =>
    state.hub.call(method, path, state.account.token, body);
  const archived = () =>
    (state.vendor.standIn.objects() as { text: string | null; isTrashed?: boolean }[]).flatMap(
      ({ text, isTrashed }) => (isTrashed || text === null ? [] : text),
    );
  const deliveryOf = async (eventId: string) => {
    const { store } = state.hub.hub;
    const { deliveries, events } = store.tables;
    const [row] = await store.db
      .select({ id: deliveries.id, state: deliveries.state })
      .from(deliveries)
      .innerJoin(events, eq(events.position, deliveries.eventPosition))
      .where(eq(events.id, eventId));
    return row;
  };
  async function publish(): Promise<string> {
    const event = eventFor([state.account.id], { type: 'deliverable.accepted' });
    const data = event['data'] as Record<string, unknown>;
    const subject = `deliverables/${String(data['deliverable_id'])}`;
    const published = await state.hub.call('POST', '/v1/events', await state.hub.service(), {
      ...event,
      subject,
    });
    expect(published.body).toMatchObject({ status: 'accepted' });
    return published.body.id as string;
  }
  const is = (eventId: string, wanted: string) =>
    until(`it is ${wanted}`, async () => (await deliveryOf(eventId))?.state === wanted);
  async function accept(): Promise<string> {
    const before = new Set(archived());
    await is(await publish(), 'delivered');
    return archived().find((one) => !before.has(one))!;
  }
  const check = (text: string) => checkManifest(state.hub.hub, text);
  /** The real command, beside the running hub. */
  function verify(text: string) {
    const file = join(state.hub.folder, 'copy.json');
    writeFileSync(file, text);
    return patchbay(state.hub.folder, ['manifest', 'verify', file]);
  }

  test('what was accepted is archived once, and its copy is found to be that [S2-10] [S2-20] [S2-33] [S1-24]', async () => {
    const text = await accept();
    expect(await verify(text)).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        new RegExp(
          `^match\\n.*\\n.*\\narchived     sha256:\\w{64} ${vendorHash}:\\w{64}, .* ${state.connection}\\n$`,
        ),
      ) as string,
    });
    expect(await check(text)).toMatchObject({ isSameText: true, isDigestRight: true });
  });

  test('a copy with one character changed is altered, and what was archived is told', async () => {
    const text = await accept();
    for (const altered of [
      text.replace('Edited frames', 'Edited  frames'),
      text.replace(/"size_bytes":(\d)/, (_, digit) => `"size_bytes":${(Number(digit) % 9) + 1}`),
      text.replace('{', '{"added":1,'),
      text.replace(/acc_\w+/g, 'acc_somebody_else'),
    ]) {
      expect(altered).not.toBe(text);
      expect(await check(altered)).toMatchObject({
        verdict: 'altered',
        archived: expect.arrayContaining([
          expect.objectContaining({ connection: state.connection }),
        ]) as object,
      });
    }
    const told = await verify(text.replace('Edited frames', 'Edited  frames'));
    expect(told).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^altered\n[^]*\narchived /) as string,
    });
  });

  test('a copy that another program has formatted is the same content, and that is said', async () => {
    const text = await accept();
    const formatted = JSON.stringify(JSON.parse(text), null, 2);
    expect(await check(formatted)).toMatchObject({ verdict: 'match', isSameText: false });
  });

  test('of what was never archived, of what is no manifest and of no file, nobody can tell', async () => {
    const text = await accept();
    const unknown = text.replaceAll(/dlb_\w+/g, 'dlb_never_seen');
    for (const [given, why] of [
      [unknown, 'The audit trail has no archived manifest of dlb_never_seen.'],
      [text.slice(0, -20), 'This is no manifest'],
      ['{"a":1}', 'This is JSON, but no manifest'],
      [text.replace('{', '{"format":"patchbay.manifest/1",'), 'same key twice'],
      ['', 'empty'],
    ] as const)
      expect(await check(given)).toEqual({ verdict: 'unknown', why: expect.stringContaining(why) as string });
    const nowhere = await patchbay(state.hub.folder, ['manifest', 'verify', '/nowhere/at-all.json']);
    expect(nowhere).toMatchObject({
      code: 2,
      out: 'unknown\n',
      err: expect.stringContaining('ENOENT') as string,
    });
  });

  test('the vendor keeps it and the answer is lost: it is asked, and there is one file and one receipt', async () => {
    const before = archived().length;
    const lost = { count: 0 };
    state.vendor.answerWith(({ path }) => (path.includes('/upload') && lost.count++ === 0 ? 'lose' : null));
    const event = await publish();
    await is(event, 'retrying');
    state.vendor.answerWith(null);
    expect(archived()).toHaveLength(before + 1);
    const { id } = (await deliveryOf(event))!;
    expect(await call('POST', `/v1/deliveries/${id}/retry`)).toMatchObject({ status: 202 });
    await is(event, 'delivered');
    expect(archived()).toHaveLength(before + 1);
    expect(await check(archived().at(-1)!)).toMatchObject({ verdict: 'match', archived: [{ event }] });
  });

  test('a test is one file, and its delivery says where', async () => {
    const before = archived();
    for (const applied of ['created', 'unchanged']) {
      const { body } = await call('POST', `/v1/subscriptions/${state.subscription}/test`);
      await is(body.event_id as string, 'delivered');
      const { body: delivery } = await call('GET', `/v1/deliveries/${String(body.delivery_id)}`);
      expect(JSON.stringify(delivery)).toContain(`${connector.manifest.test}: ${applied}`);
    }
    expect(archived()).toHaveLength(before.length + 1);
    const begun = await call('POST', `/v1/connections/${state.connection}/recalls`, { key: 'test:' });
    const at = () => call('GET', `/v1/connections/${state.connection}/recalls/${String(begun.body.id)}`);
    await until('it is done', async () => (await at()).body.state === 'done');
    expect((await at()).body).toMatchObject({ recalled: 1 });
  });

  test('a recall leaves the evidence where it is, and says what the user can do', async () => {
    await accept();
    const before = archived();
    const begun = await call('POST', `/v1/connections/${state.connection}/recalls`);
    const at = () => call('GET', `/v1/connections/${state.connection}/recalls/${String(begun.body.id)}`);
    await until('it is done', async () => (await at()).body.state === 'done');
    expect((await at()).body).toMatchObject({ recalled: 0, left_count: before.length });
    expect(JSON.stringify((await at()).body)).toContain('evidence of what was accepted');
    expect(archived()).toEqual(before);
  });

  // A path in Dropbox is made with the file.
  if (connector === drive)
    test('the folder that the user has thrown away is made again, and the connection knows the new one', async () => {
      const folderOf = async () =>
        (await call('GET', `/v1/connections/${state.connection}`)).body.facts as Record<string, string>;
      const before = await folderOf();
      (state.vendor.standIn as Drive).trash('Patchbay deliverables');
      await accept();
      const after = await folderOf();
      expect(after['folder_id']).not.toBe(before['folder_id']);
      expect(after['folder_url']).toContain(after['folder_id']);
    });

  test('the signed link links the same account again, and no other', async () => {
    const { hub } = state.hub;
    const { connections } = hub.store.tables;
    const row = async () =>
      (await hub.store.db.select().from(connections).where(eq(connections.id, state.connection)))[0]!;
    const before = await row();
    const follow = async () => {
      const { searchParams } = new URL(mendLink(hub, before));
      const [until_, sig] = [searchParams.get('until')!, searchParams.get('sig')!];
      const back = await state.vendor.consent(await followMendLink(hub, before.id, until_, sig));
      // Nobody is signed in.
      return finishConnect(hub, Object.fromEntries(back.searchParams), null);
    };
    expect(await follow()).toMatchObject({ outcome: 'linked' });
    const { vendorAccount, linkedAt, version } = await row();
    expect(vendorAccount).toBe(before.vendorAccount);
    expect(version).toBeGreaterThan(before.version);
    if (connector !== drive) return;
    // Linked before health told whose drive it is: the next look tells.
    await hub.store.write((db) => [
      db.update(connections).set({ vendorAccount: '' }).where(eq(connections.id, before.id)),
    ]);
    expect(new URL(mendLink(hub, await row())).search).toBe('');
    await call('POST', `/v1/connections/${before.id}/check`);
    expect(await row()).toMatchObject({ vendorAccount, state: 'active' });
    const google = state.vendor.standIn as Drive;
    google.signInAs('666');
    await expect(follow()).rejects.toMatchObject({ code: 'conflict' });
    google.signInAs(vendorAccount);
    state.vendor.answerWith(({ path }) =>
      path.includes('/about') ? new Response('', { status: 503 }) : null,
    );
    await expect(follow()).rejects.toMatchObject({ code: 'vendor_unavailable' });
    state.vendor.answerWith(null);
    expect(await row()).toMatchObject({ vendorAccount, linkedAt, version });
  });

  test('after the connection has ended its copies can still be proved, and nothing is fetched any more', async () => {
    const text = await accept();
    expect(await call('DELETE', `/v1/connections/${state.connection}`)).toMatchObject({ status: 204 });
    const { store } = state.hub.hub;
    await until(
      'its credential is destroyed',
      async () => (await store.db.select().from(store.tables.credentials)).length === 0,
    );
    expect(state.vendor.revoked).toHaveLength(1);
    const calls = state.vendor.received.length;
    expect(await verify(text)).toMatchObject({ code: 0 });
    expect(state.vendor.received).toHaveLength(calls);
    expect(state.hub.log.lines.join('\n')).not.toMatch(/not-a-secret|fake-client-secret/);
  });
});
