import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { EventData, EventType } from '#src/catalog';
import { actorOf, type Ctx } from '#src/context';
import type { Db } from '#src/ports';
import { postgresFeedTx, type Schema } from '#src/store';
import { eachWord, nextOfSequence, selectList } from './insert-rows.ts';

export type EventRow = Schema['events']['$inferSelect'];
export type Accepted = { type: EventType; schemaVersion: number; data: EventData };
type Accepting = Pick<Ctx, 'store' | 'clock' | 'ids' | 'caller' | 'requestId'>;

/**
 * What accepts an event out of quarantine; `behindEveryAnsweredSubscription` stands before it in the same write. `mark` is
 * unique to the call: rows are made from the row that carries it, so the loser of a race makes none. The first statement
 * answers the event, if it was this call that moved it.
 */
export const acceptStatements = (ctx: Accepting, db: Db, event: EventRow, accepted: Accepted, mark: string) =>
  [acceptEvent(ctx, db, event, accepted, mark), ...rowsOfMarked(ctx, db, event, accepted, mark)] as const;

/**
 * On Postgres this waits for subscriptions that are being made, and they for this: the position taken next is after
 * all that were answered. SQLite has one writer anyway.
 */
export const behindEveryAnsweredSubscription = ({ store }: Accepting, db: Db) =>
  db
    .update(store.tables.marks)
    .set({ value: sql`${store.tables.marks.value}` })
    .where(eq(store.tables.marks.name, 'subscriptions'));

function acceptEvent({ store, clock }: Accepting, db: Db, event: EventRow, accepted: Accepted, mark: string) {
  const { events } = store.tables;
  const next =
    store.dialect === 'sqlite' ? sql`(select max(position) + 1 from events)` : nextOfSequence(events);
  return db
    .update(events)
    .set({
      state: 'accepted',
      mark,
      position: next,
      acceptedAt: clock.now(),
      schemaVersion: accepted.schemaVersion,
      data: accepted.data,
      stream: accepted.type.stream,
      critical: accepted.type.critical,
      reasons: [],
    })
    .where(and(eq(events.id, event.id), eq(events.state, 'quarantined')))
    .returning({ sequence: events.sequence });
}

/** What publish writes beside an event, here from the marked row; its deliveries come from the task. */
function rowsOfMarked(ctx: Accepting, db: Db, event: EventRow, accepted: Accepted, mark: string) {
  const { store } = ctx;
  const { feed, tasks, audit } = store.tables;
  const marked = sql`from events e where e.mark = ${mark} and e.id = ${event.id}`;
  const audience = eachWord(store, sql`e.audience`);
  const now = sql`e.accepted_at`;
  return [
    db.insert(feed).select(
      sql`${selectList(store, feed, {
        tx: store.dialect === 'sqlite' ? sql`0` : sql.raw(postgresFeedTx),
        accountId: sql`one.value`,
        eventPosition: sql`e.position`,
      })} from events e cross join ${audience} where e.mark = ${mark} and e.id = ${event.id}`,
    ),
    db.insert(tasks).select(
      sql`${selectList(store, tasks, {
        id: words(ctx.ids.newId('tsk')),
        kind: words('expand'),
        subject: sql`e.id`,
        payload: sql`${sql.param({ redriven: true }, tasks.payload)}`,
        state: words('open'),
        done: sql`0`,
        dueAt: now,
        failures: sql`0`,
        createdAt: now,
        updatedAt: now,
      })} ${marked}`,
    ),
    db.insert(audit).select(
      sql`${selectList(store, audit, {
        at: now,
        actor: words(actorOf(ctx.caller)),
        action: words('event.redrive'),
        subject: sql`e.id`,
        requestId: words(ctx.requestId),
        detail: sql`${sql.param({ type: event.type, sequence: event.sequence }, audit.detail)}`,
      })} ${marked}`,
    ),
    ...entityRows(ctx, db, event, accepted, mark),
  ] as const;
}

function entityRows({ store }: Accepting, db: Db, event: EventRow, { type, data }: Accepted, mark: string) {
  if (!type.entity) return [];
  const { entities, entityAccounts } = store.tables;
  const entityId = String(data[type.entity.idField]);
  const key = `${event.env}:${type.entity.kind}:${entityId}`;
  return [
    db
      .insert(entities)
      .select(
        sql`${selectList(store, entities, {
          id: words(key),
          kind: words(type.entity.kind),
          entityId: words(entityId),
          sequence: sql`e.sequence`,
          eventPosition: sql`e.position`,
          updatedAt: sql`e.accepted_at`,
        })} from events e where e.mark = ${mark} and e.id = ${event.id}`,
      )
      .onConflictDoUpdate({
        target: entities.id,
        set: {
          sequence: sql`excluded.sequence`,
          eventPosition: sql`excluded.event_position`,
          updatedAt: sql`excluded.updated_at`,
        },
        setWhere: sql`excluded.sequence > ${entities.sequence}`,
      }),
    db
      .insert(entityAccounts)
      .select(
        sql`${selectList(store, entityAccounts, {
          id: sql`one.value || ':' || ${words(key)}`,
          entity: words(key),
        })} from events e cross join ${eachWord(store, sql`e.audience`)} where e.mark = ${mark} and e.id = ${event.id}`,
      )
      .onConflictDoNothing(),
  ];
}

/** Postgres does not guess the type of a bare parameter in a select list. */
const words = (text: string): SQL => sql`cast(${text} as text)`;
