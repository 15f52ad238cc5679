import { eq } from 'drizzle-orm';
import type { Ports } from '#src/context';

type Needs = Pick<Ports, 'store' | 'clock'>;

const name = 'open_loopback';
/** A process that has it open says so every ten seconds. */
const freshMs = 60_000;

/**
 * For `patchbay doctor`, which has an environment of its own and cannot know those of the hub's processes: whoever
 * delivers to this machine says so in the store, at its start and as long as it runs.
 */
export async function noteOpenLoopback({ store, clock }: Needs): Promise<void> {
  const { marks } = store.tables;
  const value = clock.ms();
  await store.write((db) => [
    db.insert(marks).values({ name, value }).onConflictDoUpdate({ target: marks.name, set: { value } }),
  ]);
}

/** Whether some process of this deployment has said so lately. */
export async function isLoopbackOpen({ store, clock }: Needs): Promise<boolean> {
  const { marks } = store.tables;
  const [row] = await store.db.select().from(marks).where(eq(marks.name, name)).limit(1);
  return row !== undefined && clock.ms() - row.value < freshMs;
}
