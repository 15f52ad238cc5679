import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterEnvironment } from '../harness/cluster.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';
import { describeWith } from '../services/describe.ts';

await describeWith('postgres', 'leak reports at two processes', (postgres) => {
  const state = {} as { hubs: [TestHub, TestHub] };
  beforeAll(async () => {
    const environment = await clusterEnvironment(postgres.url, { PATCHBAY_ROLE: 'api' });
    state.hubs = [await startTestHub(environment), await startTestHub(environment)];
  });
  afterAll(() => Promise.all(state.hubs.map((hub) => hub.stopAndForget())));

  test('the same token at both at once is one revocation and one case, and neither takes it any more', async () => {
    const [one, other] = state.hubs;
    const account = await one.account();
    const answers = await Promise.all(
      [one, other, one, other, one, other].map((hub) =>
        hub.call('POST', '/leak-reports', null, { text: account.token }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(202));
    for (const hub of state.hubs) expect((await hub.call('GET', '/v1/me', account.token)).status).toBe(401);
    const { db, tables } = one.hub.store;
    const receipts = await db
      .select()
      .from(tables.revocations)
      .where(eq(tables.revocations.subjectId, account.tokenId));
    const cases = await db
      .select()
      .from(tables.cases)
      .where(eq(tables.cases.subject, `token:${account.tokenId}`));
    expect([receipts.length, cases.length]).toEqual([1, 1]);
  });
});
