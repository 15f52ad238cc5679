import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson, sha256Hex } from '#kit';
import { recordAudit } from '../../src/audit/index.ts';
import { checkManifest } from '../../src/marketplace/index.ts';
import { openCluster } from '../harness/cluster.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { describeWith } from '../services/describe.ts';

type Opened = { hub: Pick<TestHub, 'hub' | 'call' | 'account' | 'service'>; close(): Promise<void> };

/** The trail alone is asked: whatever has archived the manifest, and wherever. */
function suite(open: () => Promise<Opened>): void {
  const state = {} as Opened;
  beforeAll(async () => void Object.assign(state, await open()));
  afterAll(() => state.close());

  const documentOf = (data: Record<string, unknown>, over: Record<string, unknown> = {}) => ({
    format: 'patchbay.manifest/1',
    event: 'evt_test',
    deliverable_id: data['deliverable_id'],
    revision: 1,
    manifest: data['manifest'],
    ...over,
  });
  async function record(
    accountId: string,
    key: string,
    text: string,
    connection = 'con_test',
  ): Promise<void> {
    const { hub } = state.hub;
    await hub.store.write((db) => [
      recordAudit(db, hub, {
        actor: 'hub',
        action: 'connection.applied',
        subject: connection,
        accountId,
        detail: { key, event: 'evt_test', id: 'id:1', hash: `sha256:${text} dropbox:${'0'.repeat(64)}` },
      }),
    ]);
  }
  async function testConnection(accountId: string): Promise<string> {
    const { store, ids, clock } = state.hub.hub;
    const id = ids.newId('con');
    const now = clock.now();
    await store.write((db) => [
      db.insert(store.tables.connections).values({
        id,
        env: 'test',
        connector: 'dropbox',
        accountId,
        grantId: 'grt_test',
        tokenId: 'tok_test',
        epochs: {} as never,
        tier: 'app-folder',
        scopes: [],
        state: 'active',
        vendorAccount: '',
        label: '',
        facts: {},
        isSetUp: true,
        intents: [],
        failures: 0,
        createdAt: now,
        updatedAt: now,
        version: 1,
      }),
    ]);
    return id;
  }
  async function published(): Promise<{ accountId: string; data: Record<string, unknown> }> {
    const { id } = await state.hub.account();
    const event = eventFor([id], { type: 'deliverable.accepted' });
    const data = event['data'] as Record<string, unknown>;
    const subject = `deliverables/${String(data['deliverable_id'])}`;
    const answer = await state.hub.call('POST', '/v1/events', await state.hub.service(), {
      ...event,
      subject,
    });
    expect(answer.body).toMatchObject({ status: 'accepted' });
    return { accountId: id, data };
  }

  test('a document whose hash is in the trail matches; any other of the same deliverable is altered', async () => {
    const { accountId, data } = await published();
    const text = canonicalJson(documentOf(data));
    await record(accountId, `manifest:${String(data['deliverable_id'])}:1`, await sha256Hex(text));
    const check = await checkManifest(state.hub.hub, text);
    expect(check).toMatchObject({
      verdict: 'match',
      deliverable: data['deliverable_id'],
      sha256: await sha256Hex(text),
      archived: [{ connection: 'con_test', event: 'evt_test', at: expect.any(Date) as Date }],
    });
    const altered = await checkManifest(state.hub.hub, canonicalJson(documentOf(data, { revision: 2 })));
    expect(altered).toMatchObject({ verdict: 'altered', archived: [{ sha256: await sha256Hex(text) }] });
  });

  test('each revision that was archived matches', async () => {
    const { accountId, data } = await published();
    const texts = [1, 2].map((revision) => canonicalJson(documentOf(data, { revision })));
    for (const [index, text] of texts.entries())
      await record(
        accountId,
        `manifest:${String(data['deliverable_id'])}:${index + 1}`,
        await sha256Hex(text),
      );
    for (const text of texts)
      expect(await checkManifest(state.hub.hub, text)).toMatchObject({ verdict: 'match', archived: [{}] });
  });

  test('a deliverable whose id begins like another is not taken for it', async () => {
    const { accountId, data } = await published();
    const text = canonicalJson(documentOf(data));
    await record(accountId, `manifest:${String(data['deliverable_id'])}x:1`, await sha256Hex(text));
    expect(await checkManifest(state.hub.hub, text)).toMatchObject({ verdict: 'unknown' });
  });

  test('what was archived in the test environment proves nothing of what is real', async () => {
    const { accountId, data } = await published();
    const text = canonicalJson(documentOf(data, { buyer_account_id: accountId }));
    const connection = await testConnection(accountId);
    await record(
      accountId,
      `manifest:${String(data['deliverable_id'])}:1`,
      await sha256Hex(text),
      connection,
    );
    expect(await checkManifest(state.hub.hub, text)).toMatchObject({ verdict: 'unknown' });
    expect(await checkManifest(state.hub.hub, text, 'test')).toMatchObject({ verdict: 'match' });
  });

  test('once the event is gone the accounts in the file lead to the trail', async () => {
    const { id } = await state.hub.account();
    const data = { deliverable_id: 'dlb_gone', manifest: { sha256: '0'.repeat(64), files: [] } };
    const text = canonicalJson(documentOf(data, { buyer_account_id: id }));
    await record(id, 'manifest:dlb_gone:1', await sha256Hex(text));
    expect(await checkManifest(state.hub.hub, text)).toMatchObject({
      verdict: 'match',
      isDigestRight: false,
    });
  });
}

describe('an archived manifest against the trail', () =>
  suite(async () => {
    const hub = await startTestHub();
    return { hub, close: () => hub.stopAndForget() };
  }));

await describeWith('postgres', 'an archived manifest against the trail, on PostgreSQL', ({ url }) =>
  suite(async () => {
    const cluster = await openCluster(url);
    return { hub: await cluster.start('api'), close: () => cluster.close() };
  }),
);
