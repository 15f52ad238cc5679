import { afterAll, beforeAll, expect, test } from 'vitest';
import { endRole, grantRole, listStaff } from '../../src/staff/index.ts';
import { clusterEnvironment } from '../harness/cluster.ts';
import { startTestHub, type TestHub } from '../harness/hub.ts';
import { addStaff } from '../harness/staff.ts';
import { describeWith } from '../services/describe.ts';

await describeWith('postgres', 'roles on PostgreSQL', ({ url }) => {
  const state = {} as { hub: TestHub };
  beforeAll(async () => {
    state.hub = await startTestHub(await clusterEnvironment(url));
  });
  afterAll(() => state.hub?.stopAndForget());

  test('of many who give or take a role at the same moment, one does, and each other hears that', async () => {
    const { hub } = state.hub;
    const userId = await addStaff(hub, []);
    const deed = { by: 'cli', userId, role: 'ops' } as const;
    const outcomes = async (run: () => Promise<unknown>) => {
      const settled = await Promise.allSettled(Array.from({ length: 12 }, run));
      return settled.map((one) =>
        one.status === 'fulfilled' ? 'done' : String((one.reason as { code: unknown }).code),
      );
    };
    const given = await outcomes(() => grantRole(hub, deed));
    expect(given.toSorted()).toEqual(['done', ...Array.from({ length: 11 }, () => 'state_conflict')]);
    expect(await listStaff(hub)).toMatchObject([{ userId, role: 'ops', grantedBy: 'cli' }]);
    const taken = await outcomes(() => endRole(hub, deed));
    expect(taken.toSorted()).toEqual(['done', ...Array.from({ length: 11 }, () => 'not_found')]);
    const rows = await hub.store.db
      .select({ action: hub.store.tables.audit.action })
      .from(hub.store.tables.audit);
    const actions = rows.map(({ action }) => action).filter((action) => action.startsWith('staff.'));
    expect(actions).toEqual(['staff.grant', 'staff.end']);
  });
});
