import { and, asc, eq, gt } from 'drizzle-orm';
import * as z from 'zod';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { credentialSealedFor, verifierSealedFor } from '#src/connections';
import type { Db, SealedFor, Statement } from '#src/ports';
import { sealedFor } from '#src/signatures';
import { addTask, type Chunk, type Task } from '#src/tasks';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'vault'>;

const payloadShape = z.strictObject({ version: z.int() });
const places = ['secrets', 'credentials', 'connectStates'] as const;
const cursorShape = z
  .strictObject({ place: z.enum(places).default('secrets'), after: z.string() })
  .default({ place: 'secrets', after: '' });
const perChunk = 100;

/** Puts down the work of a rotation: every secret under the master key that is current here. Answers its task. */
export async function addRewrap(ports: Needs & Pick<Ports, 'queue'>, actor: string): Promise<string> {
  const { current: version } = ports.vault.masterKeys;
  const id = ports.ids.newId('tsk');
  await ports.store.write((db) => [
    addTask(db, ports, { id, kind: 'rewrap', subject: `master key ${version}`, payload: { version } }),
    recordAudit(db, ports, { actor, action: 'keys.rotate', subject: `master key ${version}` }),
  ]);
  ports.queue.wake('tasks');
  return id;
}

/**
 * The task kind `rewrap`: the data key of each secret, wrapped anew; the secret itself is not touched, so signers that
 * have it open stay right. A hub that still has the old master key as its current one would wrap backwards: it refuses,
 * and the task is tried again until one does it that was started with the new key.
 */
export const rewrapKind =
  (ports: Needs) =>
  async (task: Task): Promise<Chunk> => {
    const { version } = payloadShape.parse(task.payload);
    const { current } = ports.vault.masterKeys;
    if (current < version) {
      throw new PatchbayError('internal', {
        internal: `master key ${version} is not current in this process, ${current} is: restart it with the new key`,
      });
    }
    const { place, after } = cursorShape.parse(task.cursor ?? undefined);
    const rows = await sealedIn(ports, place, after);
    const wrapped = await Promise.all(
      rows.map(async ({ id, sealed, about }) => ({
        id,
        old: sealed,
        sealed: await ports.vault.rewrap(sealed, about),
      })),
    );
    const changed = wrapped.filter(({ old, sealed }) => sealed !== old);
    const isPlaceDone = rows.length < perChunk;
    const next = isPlaceDone ? places[places.indexOf(place) + 1] : place;
    return {
      statements: (db: Db) => changed.map((one) => writeSealed(db, ports, place, one)),
      cursor: { place: next ?? place, after: isPlaceDone ? '' : (rows.at(-1)?.id ?? after) },
      count: changed.length,
      isLast: next === undefined,
    };
  };

type Place = (typeof places)[number];
type SealedRow = { id: string; sealed: string; about: SealedFor };

/** Everything that the vault has sealed, whatever table keeps it; what it is sealed for is the owning room's word. */
async function sealedIn({ store }: Needs, place: Place, after: string): Promise<SealedRow[]> {
  const { secrets, credentials, connectStates } = store.tables;
  switch (place) {
    case 'secrets': {
      const rows = await store.db
        .select()
        .from(secrets)
        .where(gt(secrets.id, after))
        .orderBy(asc(secrets.id))
        .limit(perChunk);
      return rows.map(({ id, subscriptionId, sealed }) => ({
        id,
        sealed,
        about: sealedFor(subscriptionId, id),
      }));
    }
    case 'credentials': {
      const rows = await store.db
        .select()
        .from(credentials)
        .where(gt(credentials.id, after))
        .orderBy(asc(credentials.id))
        .limit(perChunk);
      return rows.map(({ id, sealed }) => ({ id, sealed, about: credentialSealedFor(id) }));
    }
    case 'connectStates': {
      const rows = await store.db
        .select()
        .from(connectStates)
        .where(gt(connectStates.id, after))
        .orderBy(asc(connectStates.id))
        .limit(perChunk);
      return rows.map(({ id, verifier }) => ({ id, sealed: verifier, about: verifierSealedFor(id) }));
    }
    default:
      return place satisfies never;
  }
}

/** Over what was read: who wrote meanwhile, wrote under the new key. */
function writeSealed(
  db: Db,
  { store }: Needs,
  place: Place,
  { id, old, sealed }: { id: string; old: string; sealed: string },
): Statement {
  const { secrets, credentials, connectStates } = store.tables;
  switch (place) {
    case 'secrets':
      return db
        .update(secrets)
        .set({ sealed })
        .where(and(eq(secrets.id, id), eq(secrets.sealed, old)));
    case 'credentials':
      return db
        .update(credentials)
        .set({ sealed })
        .where(and(eq(credentials.id, id), eq(credentials.sealed, old)));
    case 'connectStates':
      return db
        .update(connectStates)
        .set({ verifier: sealed })
        .where(and(eq(connectStates.id, id), eq(connectStates.verifier, old)));
    default:
      return place satisfies never;
  }
}
