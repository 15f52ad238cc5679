/**
 * The frozen naive build: what one writes first, and what the targets "hub / naive" are counted from. Do not
 * improve it: Drizzle queries built anew each time, a transaction a row, one delivery leased at a time, the
 * secret's bytes imported at each signature, global fetch. Durable and honest all the same: `FULL`, an answer
 * only after the commit, an attempt recorded for every try. `node bench/naive.ts <directory>`.
 */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { and, eq, lte } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { serve } from './surface.ts';

const events = sqliteTable('events', {
  id: text().primaryKey(),
  type: text().notNull(),
  subject: text().notNull(),
  data: text({ mode: 'json' }).notNull(),
  occurredAt: text('occurred_at').notNull(),
});
const subscriptions = sqliteTable('subscriptions', {
  id: text().primaryKey(),
  url: text().notNull(),
  secret: text().notNull(),
  state: text().notNull(),
});
const deliveries = sqliteTable('deliveries', {
  id: text().primaryKey(),
  eventId: text('event_id').notNull(),
  subscriptionId: text('subscription_id').notNull(),
  state: text().notNull(),
  dueAt: integer('due_at').notNull(),
});
const attempts = sqliteTable('attempts', {
  id: text().primaryKey(),
  deliveryId: text('delivery_id').notNull(),
  status: integer().notNull(),
  at: integer().notNull(),
});

const TABLES = `
CREATE TABLE events (id TEXT PRIMARY KEY, type TEXT NOT NULL, subject TEXT NOT NULL, data TEXT NOT NULL, occurred_at TEXT NOT NULL);
CREATE TABLE subscriptions (id TEXT PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE deliveries (id TEXT PRIMARY KEY, event_id TEXT NOT NULL, subscription_id TEXT NOT NULL, state TEXT NOT NULL, due_at INTEGER NOT NULL);
CREATE INDEX deliveries_due ON deliveries (state, due_at);
CREATE TABLE attempts (id TEXT PRIMARY KEY, delivery_id TEXT NOT NULL, status INTEGER NOT NULL, at INTEGER NOT NULL);`;

const WORKERS = 16;
const IDLE_MS = 5;
const RETRY_MS = 5_000;

const client = new Database(join(process.argv[2] ?? '.', 'naive.db'));
client.pragma('journal_mode = WAL');
client.pragma('synchronous = FULL');
client.exec(TABLES);
const db = drizzle({ client });

serve({
  publish: (body, answer) => {
    // Only the load generator of the same run calls.
    const parsed = JSON.parse(body) as Parsed & { events?: Parsed[] };
    answer({
      results: (parsed.events ?? [parsed]).map((event) => ({ id: accept(event), status: 'accepted' })),
    });
  },
  subscribe: (url) => {
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const id = randomUUID();
    db.insert(subscriptions).values({ id, url, secret, state: 'active' }).run();
    return { id, secret };
  },
  pause: (id) => {
    db.update(subscriptions).set({ state: 'paused' }).where(eq(subscriptions.id, id)).run();
  },
  resume: (id) => {
    db.update(subscriptions).set({ state: 'active' }).where(eq(subscriptions.id, id)).run();
  },
});
for (let worker = 0; worker < WORKERS; worker += 1) void work();

type Parsed = { type: string; subject: string; occurred_at: string; data: unknown };

function accept(event: Parsed): string {
  const id = randomUUID();
  db.insert(events)
    .values({ id, type: event.type, subject: event.subject, data: event.data, occurredAt: event.occurred_at })
    .run();
  for (const subscription of db.select().from(subscriptions).where(eq(subscriptions.state, 'active')).all()) {
    db.insert(deliveries)
      .values({
        id: randomUUID(),
        eventId: id,
        subscriptionId: subscription.id,
        state: 'pending',
        dueAt: Date.now(),
      })
      .run();
  }
  return id;
}

async function work(): Promise<void> {
  for (;;) {
    const delivery = leaseOne();
    if (delivery === undefined) await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    else await attempt(delivery);
  }
}

function leaseOne(): typeof deliveries.$inferSelect | undefined {
  const isDue = and(eq(deliveries.state, 'pending'), lte(deliveries.dueAt, Date.now()));
  const found = db.select().from(deliveries).where(isDue).orderBy(deliveries.dueAt).limit(1).get();
  if (found === undefined) return undefined;
  const isStillPending = and(eq(deliveries.id, found.id), eq(deliveries.state, 'pending'));
  return db.update(deliveries).set({ state: 'leased' }).where(isStillPending).returning().get();
}

async function attempt(delivery: typeof deliveries.$inferSelect): Promise<void> {
  const event = db.select().from(events).where(eq(events.id, delivery.eventId)).get();
  const subscription = db
    .select()
    .from(subscriptions)
    .where(eq(subscriptions.id, delivery.subscriptionId))
    .get();
  if (event === undefined || subscription === undefined) return;
  const body = JSON.stringify({
    type: event.type,
    timestamp: event.occurredAt,
    subject: event.subject,
    data: event.data,
  });
  const status = await post(subscription.url, subscription.secret, delivery.id, body);
  db.insert(attempts).values({ id: randomUUID(), deliveryId: delivery.id, status, at: Date.now() }).run();
  const after = status === 200 ? { state: 'delivered' } : { state: 'pending', dueAt: Date.now() + RETRY_MS };
  db.update(deliveries).set(after).where(eq(deliveries.id, delivery.id)).run();
}

async function post(url: string, secret: string, id: string, body: string): Promise<number> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
  try {
    const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(15_000) });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    // No status came: the attempt is recorded as such and tried again.
    return 0;
  }
}
