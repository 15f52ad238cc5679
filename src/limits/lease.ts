import { and, eq, lte } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids'>;
type Held = { id: string; mark: string };

/** Of one kind and holder at once. */
const slots = 4;
const leaseMs = 30_000;

/**
 * Does what takes long, at most four at once of a kind and holder, on all processes together. 429 for the fifth. A slot
 * is a row; whose process dies has it back after 30 s, and what takes longer than that is not counted further.
 */
export async function withLease<T>(
  ports: Needs,
  kind: string,
  holder: string,
  work: () => Promise<T>,
): Promise<T> {
  const held = await take(ports, `${kind}:${holder}`);
  try {
    return await work();
  } finally {
    await giveBack(ports, held);
  }
}

async function take(ports: Needs, name: string): Promise<Held> {
  const { store, clock, ids } = ports;
  const { callLeases } = store.tables;
  const mark = ids.newId('req');
  for (let slot = 0; slot < slots; slot += 1) {
    const id = `${name}:${slot}`;
    const [now, expiresAt] = [clock.now(), new Date(clock.ms() + leaseMs)];
    // The key decides: of two that want one slot, the second finds it taken.
    const [[mine]] = await store.write((db) => [
      db
        .insert(callLeases)
        .values({ id, mark, expiresAt })
        .onConflictDoUpdate({
          target: callLeases.id,
          set: { mark, expiresAt },
          setWhere: lte(callLeases.expiresAt, now),
        })
        .returning({ id: callLeases.id }),
    ]);
    if (mine) return { id, mark };
  }
  throw new PatchbayError('quota_exceeded', {
    public: `Only ${slots} of these calls may be under way at once. Wait for one to end.`,
    retryAfterSeconds: 1,
    violatedPolicies: ['concurrency'],
    fields: {
      'ratelimit-policy': `"concurrency";q=${slots};qu="concurrent-requests"`,
      ratelimit: '"concurrency";r=0;t=1',
    },
  });
}

async function giveBack({ store }: Needs, { id, mark }: Held): Promise<void> {
  const { callLeases } = store.tables;
  await store.write((db) => [
    db.delete(callLeases).where(and(eq(callLeases.id, id), eq(callLeases.mark, mark))),
  ]);
}
