/**
 * An RFP that goes out to many (S2-35). Each revision goes to an account once, whatever is published again; an account
 * gets so many an hour, and what is beyond that waits for its hour; what has not left when the RFP is withdrawn does not
 * leave. Made by the task that expands it, so that all of it is decided where the deliveries are written.
 */
import { and, eq, exists, inArray, lt, type SQL, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { withdrawalOf } from '#src/deliveries';
import type { Db, EventRecord, NewDelivery, Statement } from '#src/ports';
import { insertDeliveries } from './insert-deliveries.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'settings'>;

export const isBroadcast = (type: string): boolean => type === 'rfp.broadcast';
export const isWithdrawal = (type: string): boolean => type === 'rfp.withdrawn';

const hourMs = 3_600_000;

/** For a chunk of its deliveries. Done again, it finds its places taken by itself, and takes none anew. */
export function broadcastStatements(
  ports: Needs,
  db: Db,
  event: EventRecord,
  rows: readonly NewDelivery[],
): Statement[] {
  const { store, clock, ids, settings } = ports;
  const { broadcastPlaces, broadcastPaces, entities, events } = store.tables;
  const mark = ids.newId('req');
  const { rfp, revision, buyer } = factsOf(event);
  const now = sql`cast(${clock.ms()} as bigint)`;
  const accounts = JSON.stringify([...new Set(rows.map(({ accountId }) => accountId))].sort());
  const each =
    store.dialect === 'sqlite'
      ? sql`json_each(${accounts}) a`
      : sql`json_array_elements_text(${accounts}::json) a(value)`;
  const entity = `${event.env}:rfp:${String(event.data['rfp_id'])}`;
  const isWithdrawn = exists(withdrawalOf(ports, db, event));
  // GCRA (src/limits/gcra.ts): an hour's worth at once, then one every `period`.
  const period = Math.round(hourMs / settings.broadcastsPerRecipientPerHour);
  const isPaced = sql`mark = ${mark} and recipient <> ${`${event.env}:${buyer}`}`;
  const later = (one: unknown, other: unknown) =>
    sql`case when ${one} > ${other} then ${one} else ${other} end`;
  /** What is held is due by nothing. */
  const waits = (due: SQL) => sql`${due} is not null and p.due_at > ${now}`;
  return [
    // Held until the end of this write: a withdrawal comes before it and is seen, or after it and sees these rows.
    db.update(entities).set({ kind: 'rfp' }).where(eq(entities.id, entity)),
    db
      .insert(broadcastPlaces)
      .select(
        sql`select ${`${rfp}:${revision}:`} || a.value, cast(${rfp} as text), ${`${event.env}:`} || a.value,
          e.position, null, cast(${mark} as text), ${now}
          from ${each} cross join ${events} e where e.position = ${event.position} and not ${isWithdrawn}`,
      )
      .onConflictDoNothing(),
    db
      .insert(broadcastPaces)
      .select(
        sql`select recipient, ${now} + ${period} from ${broadcastPlaces} where ${isPaced} order by recipient`,
      )
      .onConflictDoUpdate({
        target: broadcastPaces.id,
        set: { arrivalAt: sql`${later(broadcastPaces.arrivalAt, now)} + ${period}` },
      }),
    db
      .update(broadcastPlaces)
      .set({
        dueAt: sql`(select q.arrival_at - ${hourMs} from ${broadcastPaces} q where q.id = recipient)`,
      })
      .where(isPaced),
    insertDeliveries(ports, db, event.position, rows, {
      join: sql`join ${broadcastPlaces} p on p.id = ${`${rfp}:${revision}:`} || (d.value ->> 3) and p.event_position = e.position`,
      dueAt: (due) => sql`case when ${waits(due)} then p.due_at else ${due} end`,
      reason: (reason, due) => sql`case when ${waits(due)} then 'recipient_cap' else ${reason} end`,
    }),
  ];
}

/** What of its broadcasts has not left is cancelled; copies that have left are taken back by the event itself. */
export function withdrawStatement({ store, clock, ids }: Needs, db: Db, event: EventRecord): Statement {
  const { deliveries, broadcastPlaces } = store.tables;
  return db
    .update(deliveries)
    .set({
      state: 'cancelled',
      reason: 'rfp_withdrawn',
      dueAt: null,
      leaseId: null,
      mark: ids.newId('wrk'),
      updatedAt: clock.now(),
    })
    .where(
      and(
        inArray(
          deliveries.eventPosition,
          db
            .selectDistinct({ position: broadcastPlaces.eventPosition })
            .from(broadcastPlaces)
            .where(eq(broadcastPlaces.rfp, factsOf(event).rfp)),
        ),
        inArray(deliveries.state, ['pending', 'retrying', 'held']),
        lt(deliveries.sequence, event.sequence),
      ),
    );
}

/** Why an account that it fits got no delivery of a broadcast; null for any other event, and where it has its place. */
export async function whyNotBroadcast(
  { store }: Pick<Ports, 'store'>,
  event: EventRecord,
  accountId: string,
): Promise<{ code: string; words: string } | null> {
  if (!isBroadcast(event.type)) return null;
  const { broadcastPlaces } = store.tables;
  const { rfp, revision } = factsOf(event);
  const [place] = await store.db
    .select({ event: broadcastPlaces.eventPosition })
    .from(broadcastPlaces)
    .where(eq(broadcastPlaces.id, `${rfp}:${revision}:${accountId}`))
    .limit(1);
  if (!place) return { code: 'rfp_withdrawn', words: 'not sent: the RFP was withdrawn before it went out.' };
  if (place.event === event.position) return null;
  return {
    code: 'already_broadcast',
    words: 'not sent: this revision of the RFP went to the account with an earlier event.',
  };
}

/** The event was validated by its schema: an RFP has all of these. */
function factsOf({ env, data }: EventRecord): { rfp: string; revision: string; buyer: string } {
  const buyer = data['buyer'] as { account_id: string };
  return {
    rfp: `${env}:${String(data['rfp_id'])}`,
    revision: String(data['revision']),
    buyer: buyer.account_id,
  };
}
