import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openNodeHub } from '../../src/node.ts';
import { addTask, type Chunk, createTasks, type TaskKinds, type Tasks } from '../../src/tasks/index.ts';
import { memoryLog } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';

const last: Chunk = { statements: () => [], cursor: null, count: 1, isLast: true };

/** Two workers on one store, as in a cluster. */
describe('durable tasks of two workers', () => {
  const state = {} as { folder: string; node: Awaited<ReturnType<typeof openNodeHub>>; workers: Tasks[] };
  beforeEach(async () => {
    state.folder = mkdtempSync(join(tmpdir(), 'patchbay-tasks-'));
    // No look of their own: what is not claimed when they are woken stays.
    state.node = await openNodeHub({ PATCHBAY_DATA: state.folder, PATCHBAY_SWEEP_MS: '600000' }, memoryLog());
    state.workers = [];
  });
  afterEach(async () => {
    await Promise.all(state.workers.map((worker) => worker.stop()));
    await state.node.close();
    rmSync(state.folder, { recursive: true, force: true });
  });

  const worker = (kinds: TaskKinds) => {
    const made = createTasks(state.node.hub, kinds);
    state.workers.push(made);
    return made;
  };
  const put = async (ids: string[]) => {
    const { hub } = state.node;
    await hub.store.write((db) =>
      ids.map((id) => addTask(db, hub, { id, kind: 'count', subject: id, payload: {} })),
    );
  };
  const taskOf = async (id: string) => {
    const { store } = state.node.hub;
    return (await store.db.select().from(store.tables.tasks).where(eq(store.tables.tasks.id, id)))[0];
  };

  test('who loses a claim takes the next one', async () => {
    const ids = ['tsk_1', 'tsk_2', 'tsk_3', 'tsk_4'];
    await put(ids);
    const done: string[] = [];
    const held = Promise.withResolvers<void>();
    const first = { id: '' };
    const count = async ({ id }: { id: string }) => {
      if (first.id === '') {
        first.id = id;
        await held.promise;
      }
      done.push(id);
      return last;
    };
    for (const one of [worker({ count }), worker({ count })]) one.wake();
    await until('the other worker has done the rest', () => done.length === ids.length - 1);
    held.resolve();
    await until('all are done', () => done.length === ids.length);
    expect(done.toSorted()).toEqual(ids);
  });

  test('a failure that comes after its lease was lost opens nothing again', async () => {
    await put(['tsk_1']);
    const held = Promise.withResolvers<Chunk>();
    const slow = worker({ count: () => held.promise });
    slow.wake();
    await until('the slow one has it', async () => (await taskOf('tsk_1'))?.leaseId != null);
    const { store, clock } = state.node.hub;
    // As when its lease ends.
    await store.write((db) => [db.update(store.tables.tasks).set({ dueAt: clock.now() })]);
    worker({ count: async () => last }).wake();
    await until('the other one has done it', async () => (await taskOf('tsk_1'))?.state === 'done');
    held.reject(new Error('too late'));
    await slow.idle();
    expect(await taskOf('tsk_1')).toMatchObject({ state: 'done', failures: 0, dueAt: null });
  });
});
