import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMembers, type Members } from '../../../src/adapters/cluster/members.ts';
import { openPostgresStore } from '../../../src/adapters/store-postgres.ts';
import type { Store } from '#src/ports';
import { memoryLog } from '../../harness/hub.ts';
import { until as expectUntil } from '../../harness/sink.ts';
import { describeWith } from '../../services/describe.ts';
import { freshDatabase } from '../../services/postgres.ts';

await describeWith('postgres', 'the members of a cluster', (postgres) => {
  const state = {} as { store: Store; members: Members[]; count: number };
  beforeAll(async () => {
    const url = await freshDatabase(postgres.url);
    const store = await openPostgresStore({ url, migrationsFolder: 'migrations/postgres' });
    Object.assign(state, { store, members: [], count: 0 });
  });
  afterAll(async () => {
    for (const member of state.members) await member.close();
    await state.store.close();
  });
  /** None dies of a machine that stands still for a while: who is to be dead is made so, by `silence`. */
  const deadMs = 60_000;
  const open = async ({ beatMs = 50, store = state.store } = {}) => {
    state.count += 1;
    const id = `wrk_${state.count}`;
    const member = await createMembers({ store, log: memoryLog(), id, version: 'test', beatMs, deadMs });
    state.members.push(member);
    return member;
  };
  /** As if its last heartbeat were so long ago. */
  const silence = async (slot: number) => {
    const { workers } = state.store.tables;
    await state.store.write((db) => [
      db
        .update(workers)
        .set({ seenAt: sql`${workers.seenAt} - ${deadMs}::bigint` })
        .where(eq(workers.slot, slot)),
    ]);
  };

  test('those that start together take slots of their own, the lowest that are free', async () => {
    const members = await Promise.all(Array.from({ length: 5 }, () => open()));
    const slots = await Promise.all(members.map((member) => member.join()));
    expect(slots.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    const watcher = await open();
    expect(watcher.live()).toEqual([0, 1, 2, 3, 4]);
    expect(watcher.slot()).toBeNull();
  });

  test('one that leaves is gone at once, and the next takes its place', async () => {
    const [leaver, watcher] = [state.members[0]!, state.members.at(-1)!];
    const slot = leaver.slot();
    await leaver.leave();
    await watcher.look();
    expect(watcher.live()).not.toContain(slot);
    expect(await (await open()).join()).toBe(slot);
  });

  test('one without a heartbeat counts as dead, and others hear of it', async () => {
    const frozen = await open({ beatMs: 3_600_000 });
    const slot = await frozen.join();
    const watcher = await open();
    expect(watcher.live()).toContain(slot);
    const heard: (readonly number[])[] = [];
    watcher.onChange(() => void heard.push(watcher.live()));
    await silence(slot);
    await expectUntil('it is dead', () => !watcher.live().includes(slot));
    expect(heard.at(-1)).toEqual(watcher.live());
  });

  test('one that was frozen finds its slot taken, and takes another', async () => {
    // Its heartbeats wait, as those of a process do that gets no turn.
    const { promise: thawed, resolve: thaw } = Promise.withResolvers<void>();
    const ice = { isSolid: false, isHeld: false };
    const write: Store['write'] = async (build) => {
      if (ice.isSolid) {
        ice.isHeld = true;
        await thawed;
      }
      return state.store.write(build);
    };
    const frozen = await open({ store: { ...state.store, write } });
    const slot = await frozen.join();
    ice.isSolid = true;
    await expectUntil('its heartbeat waits', () => ice.isHeld);
    await silence(slot);
    const heir = await open();
    expect(heir.live()).not.toContain(slot);
    expect(await heir.join()).toBe(slot);
    thaw();
    await expectUntil('it has another, and sees itself there', () => {
      const other = frozen.slot();
      return other !== null && other !== slot && frozen.live().includes(other);
    });
    expect(heir.slot()).toBe(slot);
  });

  test('a heartbeat that comes while it leaves takes no slot again', async () => {
    const { workers } = state.store.tables;
    const idsInStore = async () =>
      (await state.store.db.select({ id: workers.id }).from(workers)).map(({ id }) => id).toSorted();
    const before = await idsInStore();
    for (let turn = 0; turn < 20; turn++) {
      const eager = await Promise.all(Array.from({ length: 5 }, () => open({ beatMs: 1 })));
      await Promise.all(eager.map((member) => member.join()));
      await Promise.all(eager.map((member) => member.leave()));
      for (const member of eager) await member.close();
      expect(eager.map((member) => member.slot())).toEqual([null, null, null, null, null]);
    }
    expect((await idsInStore()).filter((id) => !before.includes(id))).toEqual([]);
  });

  test('a heartbeat that comes while it joins takes no second slot', async () => {
    const eager = await Promise.all(Array.from({ length: 10 }, () => open({ beatMs: 1 })));
    const slots = await Promise.all(eager.map((member) => member.join()));
    expect(new Set(slots).size).toBe(10);
  });
});
