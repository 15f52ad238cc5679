import { and, eq, inArray } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Candidate, Db, EventRecord, Statement } from '#src/ports';
import type { DeliveryState } from '#src/store';
import type { SubscriptionRow } from './find.ts';
import type { HoldReason } from './match.ts';
import { idsPerStatement, piecesOf } from './pieces.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids'>;
/** A delivery to be sent again under its own id; `state` is what it was found in. */
export type Again = { position: number; state: DeliveryState; held: HoldReason | null };
export type Missing = { event: EventRecord; grant: Candidate['grant']; held: HoldReason | null };

/** Of a hundred parameters a statement a row of deliveries takes eighteen. */
const rowsPerStatement = 5;

/** Each UPDATE names the state that it expects, so that a chunk which comes twice writes once. */
export function againStatements(db: Db, { store, clock }: Needs, found: readonly Again[]): Statement[] {
  const { deliveries } = store.tables;
  const now = clock.now();
  const alike = Map.groupBy(found, ({ state, held }) => `${state} ${held ?? ''}`);
  return [...alike.values()].flatMap((group) =>
    piecesOf(group, idsPerStatement).map((piece) => {
      const [{ state, held }] = piece;
      return db
        .update(deliveries)
        .set({ ...standing(held, now), tries: 0, leaseId: null, updatedAt: now })
        .where(
          and(
            inArray(
              deliveries.position,
              piece.map(({ position }) => position),
            ),
            eq(deliveries.state, state),
          ),
        );
    }),
  );
}

/** Unique by event, subscription and grant: what is there already is left as it is. */
export function missingStatements(
  db: Db,
  { store, clock, ids }: Needs,
  row: SubscriptionRow,
  found: readonly Missing[],
): Statement[] {
  const { deliveries } = store.tables;
  const now = clock.now();
  return piecesOf(found, rowsPerStatement).map((piece) =>
    db
      .insert(deliveries)
      .values(
        piece.map(({ event, grant, held }) => ({
          id: ids.newId('dlv'),
          env: row.env,
          eventPosition: event.position,
          subscriptionId: row.id,
          grantId: grant.id,
          accountId: grant.accountId,
          ...standing(held, now),
          attempts: 0,
          tries: 0,
          leaseId: null,
          critical: event.critical,
          line: row.ordering === 'subject' ? event.subject : null,
          sequence: event.sequence,
          createdAt: now,
          updatedAt: now,
        })),
      )
      .onConflictDoNothing(),
  );
}

/** What is paused or disabled stays so: its replay waits with the rest. */
const standing = (held: HoldReason | null, now: Date) =>
  held
    ? { state: 'held' as const, reason: held, dueAt: null }
    : { state: 'pending' as const, reason: 'replayed', dueAt: now };
