/**
 * What has ended is told to the account, and to the app that had it. The account hears of it like of any other event.
 * The app does not: its grant is dead, and nothing is matched under it. So its own subscriptions get the event directly,
 * and the sender knows that such a notice outlives what it tells of (#src/subscriptions, notice).
 */
import { and, eq, ne } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Db } from '#src/ports';
import { judge, noticeCandidate } from '#src/subscriptions';
import { createViews } from '#src/view';
import { publishSystemEvent, type SystemEvent } from './announce.ts';
import { recordOf } from './show.ts';

type Ended = { grantId: string; accountId: string; appId: string | null };

/** Durable when it resolves. Bears repetition: the event and its deliveries are known by what has ended. */
export async function announceEnd(
  ports: Ports,
  said: SystemEvent & { id: string },
  ended: Ended,
): Promise<void> {
  await publishSystemEvent(ports, said);
  if (ended.appId === null) return;
  const { store, ids, clock } = ports;
  const { events, subscriptions, deliveries } = store.tables;
  const [row] = await store.db.select().from(events).where(eq(events.id, said.id)).limit(1);
  const isOwn = and(
    eq(subscriptions.appId, ended.appId),
    eq(subscriptions.owner, 'app'),
    eq(subscriptions.env, said.env),
    ne(subscriptions.state, 'deleted'),
  );
  const own = row ? await store.db.select().from(subscriptions).where(isOwn) : [];
  if (!row || own.length === 0) return;
  await ports.gate.freshen();
  const views = createViews(recordOf(row));
  const now = clock.now();
  const notices = own.flatMap((subscription) => {
    const candidate = noticeCandidate(ports, subscription, ended);
    const verdict = candidate ? judge(views, candidate, ports.gate) : null;
    if (!verdict || verdict.send === 'no') return [];
    const isNow = verdict.send === 'now';
    return [
      {
        id: ids.newId('dlv'),
        env: said.env,
        eventPosition: row.position,
        subscriptionId: subscription.id,
        grantId: ended.grantId,
        accountId: ended.accountId,
        state: isNow ? ('pending' as const) : ('held' as const),
        reason: isNow ? 'accepted' : verdict.reason,
        dueAt: isNow ? now : null,
        attempts: 0,
        tries: 0,
        critical: row.critical,
        line: subscription.ordering === 'subject' ? row.subject : null,
        sequence: row.sequence,
        createdAt: now,
        updatedAt: now,
      },
    ];
  });
  if (notices.length === 0) return;
  await store.write((db: Db) =>
    notices.map((notice) => db.insert(deliveries).values(notice).onConflictDoNothing()),
  );
  ports.queue.wake(
    'deliveries',
    notices.map(({ subscriptionId }) => subscriptionId),
  );
}
