/**
 * Erasure of one account. What names it goes in the write that sets its status: its name and city, people who are
 * members of it alone, its endpoints, its labels. What it saw goes after that, from a durable task in chunks.
 *
 * Events that nobody else is the audience of lose their data; another erased account is nobody. Those that others see
 * too keep it, for it is theirs as well; they go with the retention of all events. Ids, types, states, times, attempts'
 * statuses and the audit trail stay: they prove what was done. (docs/operations.md)
 */
import { and, asc, eq, exists, gt, inArray, sql } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import type { Db } from '#src/ports';
import { addTask, type Chunk, type Task } from '#src/tasks';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids'>;
const eventsPerChunk = 90;
const accountsPerWrite = 20;

/** Apps' own subscriptions stay: they serve the app's other grants, whoever's consent they were made under. */
export function erasingStatements(db: Db, ports: Needs, by: string, id: string) {
  const { store, clock } = ports;
  const { accounts, users, members, identities, tokens, subscriptions, secrets, intents, connections } =
    store.tables;
  const isOwn = and(eq(subscriptions.accountId, id), eq(subscriptions.owner, 'grant'));
  const own = db.select({ id: subscriptions.id }).from(subscriptions).where(isOwn);
  const signing = db
    .select({ id: tokens.id })
    .from(tokens)
    .where(and(eq(tokens.accountId, id), eq(tokens.kind, 'w')));
  const isMember = inArray(
    users.id,
    db.select({ id: members.userId }).from(members).where(eq(members.accountId, id)),
  );
  const isMemberElsewhere = sql`exists (
    select 1 from members m join accounts a on a.id = m.account_id
    where m.user_id = ${users.id} and m.account_id <> ${id} and a.status <> 'erased')`;
  const now = clock.now();
  return [
    db
      .update(accounts)
      .set({ name: `erased ${id}`, actor: null, city: null })
      .where(eq(accounts.id, id)),
    db
      .update(users)
      .set({ name: 'erased', email: null })
      .where(and(isMember, sql`not ${isMemberElsewhere}`)),
    db.delete(identities).where(
      inArray(
        identities.userId,
        db
          .select({ id: users.id })
          .from(users)
          .where(and(isMember, sql`not ${isMemberElsewhere}`)),
      ),
    ),
    db.update(tokens).set({ label: '' }).where(eq(tokens.accountId, id)),
    db.delete(secrets).where(inArray(secrets.subscriptionId, own)),
    db.delete(secrets).where(inArray(secrets.subscriptionId, signing)),
    db
      .update(subscriptions)
      .set({
        state: 'deleted',
        stateReason: 'account_erased',
        description: '',
        endpoint: { type: 'webhook', url: 'https://erased.invalid/' },
        host: 'erased.invalid',
        filter: null,
        updatedAt: now,
      })
      .where(isOwn),
    // Whose account it was at a vendor; its credential is taken back and destroyed by the task below.
    db.update(connections).set({ label: '', facts: {} }).where(eq(connections.accountId, id)),
    // What it has asked for, in its own words and under its own reference.
    db
      .update(intents)
      .set({
        data: {},
        externalRef: '',
        refKey: sql`${intents.id}`,
        idempotencyKey: null,
        reason: null,
        state: sql`case when ${inArray(intents.state, ['pending_review', 'open'])} then 'expired' else ${intents.state} end`,
        updatedAt: now,
      })
      .where(eq(intents.accountId, id)),
    addTask(db, ports, { kind: 'erase', subject: id, payload: { by } }),
    addTask(db, ports, {
      kind: 'disconnect',
      subject: id,
      payload: { level: 'account', id, reason: 'account_erased' },
    }),
  ] as const;
}

/** The task kind `erase`. A chunk takes away the feed rows that led to it, so it needs no cursor. */
export const eraseAccount =
  (ports: Needs) =>
  async (task: Task): Promise<Chunk> => {
    const { store } = ports;
    const { feed } = store.tables;
    const id = task.subject;
    const seen = await store.db
      .select({ place: feed.position, event: feed.eventPosition })
      .from(feed)
      .where(eq(feed.accountId, id))
      .orderBy(asc(feed.tx), asc(feed.position))
      .limit(eventsPerChunk);
    if (seen.length === 0) {
      const entities = await entitiesOf(ports, id);
      const by = String(task.payload['by']);
      return {
        statements: (db) => lastStatements(ports, db, { by, id, entities }),
        cursor: null,
        count: 0,
        isLast: true,
      };
    }
    return {
      statements: (db) => chunkStatements(ports, db, id, seen),
      cursor: null,
      count: seen.length,
      isLast: false,
    };
  };

/**
 * What came for erased accounts after their erasure (an event that was under way, or that the marketplace published all
 * the same) goes as the rest did. For once a day.
 */
export async function eraseWhatCameLate(ports: Needs): Promise<void> {
  const { store } = ports;
  const { accounts, feed } = store.tables;
  for (let after = ''; ;) {
    const rows = await store.db
      .select({ id: accounts.id })
      .from(accounts)
      .where(
        and(
          gt(accounts.id, after),
          eq(accounts.status, 'erased'),
          exists(
            store.db.select({ account: feed.accountId }).from(feed).where(eq(feed.accountId, accounts.id)),
          ),
        ),
      )
      .orderBy(asc(accounts.id))
      .limit(accountsPerWrite);
    const last = rows.at(-1);
    if (!last) return;
    await store.write((db) =>
      rows.map(({ id }) => addTask(db, ports, { kind: 'erase', subject: id, payload: { by: 'hub' } })),
    );
    after = last.id;
  }
}

/** Nobody is left in the audience whom it would be taken from. An account that the hub was never told of is somebody. */
function isNobodys({ store }: Pick<Needs, 'store'>) {
  const { events } = store.tables;
  const each =
    store.dialect === 'sqlite'
      ? sql`json_each(${events.audience}) one`
      : sql`json_array_elements_text(${events.audience}) one(value)`;
  return sql`not exists (
    select 1 from ${each} left join accounts a on a.id = one.value where a.status is null or a.status <> 'erased')`;
}

function chunkStatements({ store }: Needs, db: Db, id: string, seen: { place: number; event: number }[]) {
  const { events, receipts, deliveries, attempts, feed } = store.tables;
  const positions = seen.map((row) => row.event);
  const isOwn = and(inArray(events.position, positions), isNobodys({ store }));
  return [
    db
      .update(attempts)
      .set({ answer: '', detail: '' })
      .where(
        inArray(
          attempts.deliveryId,
          db
            .select({ id: deliveries.id })
            .from(deliveries)
            .where(and(inArray(deliveries.eventPosition, positions), eq(deliveries.accountId, id))),
        ),
      ),
    // The request as received too, even where it brought others' events: it is kept for days and proves little.
    db
      .update(receipts)
      .set({ body: '' })
      .where(inArray(receipts.id, db.select({ id: events.receiptId }).from(events).where(isOwn))),
    db.update(events).set({ data: {} }).where(isOwn),
    db.delete(feed).where(
      inArray(
        feed.position,
        seen.map((row) => row.place),
      ),
    ),
  ];
}

/** Quarantined events are in nobody's feed; read models outlive their events. */
function lastStatements(
  ports: Needs,
  db: Db,
  { by, id, entities: alone }: { by: string; id: string; entities: string[] },
) {
  const { events, receipts, entities, entityAccounts } = ports.store.tables;
  const isQuarantined = and(
    eq(events.state, 'quarantined'),
    // Cast, for Postgres compares no json; quoted, an id is never a part of another.
    sql`cast(${events.audience} as text) like ${`%"${id.replaceAll('_', '\\_')}"%`} escape '\\'`,
    isNobodys(ports),
  );
  const slices = Array.from({ length: Math.ceil(alone.length / 90) }, (_, i) =>
    alone.slice(i * 90, i * 90 + 90),
  );
  return [
    db
      .update(receipts)
      .set({ body: '' })
      .where(inArray(receipts.id, db.select({ id: events.receiptId }).from(events).where(isQuarantined))),
    db.update(events).set({ data: {} }).where(isQuarantined),
    ...slices.map((ids) => db.delete(entities).where(inArray(entities.id, ids))),
    db.delete(entityAccounts).where(isOfAccount(entityAccounts.id, id)),
    recordAudit(db, ports, { actor: by, action: 'account.erase', subject: id, accountId: id }),
  ];
}

/** Read models that no other account sees. */
async function entitiesOf({ store }: Needs, id: string): Promise<string[]> {
  const { entityAccounts } = store.tables;
  const mine = store.db
    .select({ entity: entityAccounts.entity })
    .from(entityAccounts)
    .where(isOfAccount(entityAccounts.id, id));
  const rows = await store.db
    .select({ entity: entityAccounts.entity })
    .from(entityAccounts)
    .where(inArray(entityAccounts.entity, mine))
    .groupBy(entityAccounts.entity)
    .having(sql`count(*) = 1`);
  return rows.map((row) => row.entity);
}

/** Not LIKE: the underscore of every id is a wildcard there, and would reach into other accounts. */
const isOfAccount = (column: unknown, id: string) =>
  sql`substr(${column}, 1, ${id.length + 1}) = ${`${id}:`}`;
