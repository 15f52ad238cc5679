import { and, count, eq, inArray } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { explained, headBefore } from '#src/deliveries';
import type { Candidate, EventRecord } from '#src/ports';
import type { DeliveryState } from '#src/store';
import { createViews } from '#src/view';
import { whyNotBroadcast } from './broadcast.ts';
import { recordOf } from './show.ts';
import { hasExpansion, type Verdict, verdictOf, whyNotFor } from './trace.ts';

/** One subscription's part in an event. `delivery` null: nothing was written, and `code` says why. */
export type TracedLine = {
  subscription: string;
  host: string;
  app: string | null;
  account: string;
  grant: string;
  verdict: Verdict;
  /** A reason of a delivery, or what did not fit. */
  code: string;
  /** Of a mismatch by scope: which one. */
  scope: string | null;
  delivery: { id: string; attempts: number; words: string; updatedAt: Date } | null;
};
export type AllTraced = {
  /** Null where no event is called so. */
  event: EventRecord | null;
  state: 'accepted' | 'quarantined';
  counts: { state: DeliveryState; n: number }[];
  /** Of whose subscriptions the lines are. */
  accounts: string[];
  lines: TracedLine[];
};

const mostAccounts = 20;
const mostLines = 500;

/**
 * For who looks after the hub: what became of an event at every subscription of one account, or of the first twenty of
 * its audience. What was written is told as it was; what was not is judged by the settings of this moment, by the judge
 * that publish asks. No value of the event or of a filter is quoted.
 */
export async function traceForAll(ports: Ports, id: string, accountId: string | null): Promise<AllTraced> {
  const { events } = ports.store.tables;
  const [row] = await ports.store.db.select().from(events).where(eq(events.id, id)).limit(1);
  if (!row) return { event: null, state: 'accepted', counts: [], accounts: [], lines: [] };
  const event = recordOf(row);
  const accounts = accountId === null ? event.audience.slice(0, mostAccounts) : [accountId];
  if (row.state !== 'accepted') return { event, state: row.state, counts: [], accounts, lines: [] };
  const [counts, written] = await Promise.all([countsOf(ports, event), writtenFor(ports, event, accounts)]);
  const has = new Set(written.map(({ subscription, grant }) => `${subscription}|${grant}`));
  const unwritten = await judgedFor(ports, event, accounts, ({ subscription, grant }) =>
    has.has(`${subscription.id}|${grant.id}`),
  );
  return { event, state: 'accepted', counts, accounts, lines: [...written, ...unwritten] };
}

async function countsOf({ store }: Ports, { position }: EventRecord): Promise<AllTraced['counts']> {
  const { deliveries } = store.tables;
  return store.db
    .select({ state: deliveries.state, n: count() })
    .from(deliveries)
    .where(eq(deliveries.eventPosition, position))
    .groupBy(deliveries.state);
}

async function writtenFor(
  ports: Ports,
  { position }: EventRecord,
  accounts: string[],
): Promise<TracedLine[]> {
  const { deliveries, subscriptions } = ports.store.tables;
  const rows = await ports.store.db
    .select({ delivery: deliveries, host: subscriptions.host, app: subscriptions.appId })
    .from(deliveries)
    .innerJoin(subscriptions, eq(subscriptions.id, deliveries.subscriptionId))
    .where(and(eq(deliveries.eventPosition, position), inArray(deliveries.accountId, accounts)))
    .limit(mostLines);
  return Promise.all(
    rows.map(async ({ delivery, host, app }) => ({
      subscription: delivery.subscriptionId,
      host,
      app,
      account: delivery.accountId,
      grant: delivery.grantId,
      verdict: verdictOf(delivery.state),
      code: delivery.reason,
      scope: null,
      delivery: {
        id: delivery.id,
        attempts: delivery.attempts,
        words: explained(ports, { delivery }, await headBefore(ports, delivery)).lines[0] ?? '',
        updatedAt: delivery.updatedAt,
      },
    })),
  );
}

async function judgedFor(
  ports: Ports,
  event: EventRecord,
  accounts: string[],
  isWritten: (candidate: Candidate) => boolean,
): Promise<TracedLine[]> {
  const views = createViews(event);
  const [lookup, isExpanding] = await Promise.all([
    ports.directory.load(event.env, accounts),
    hasExpansion(ports, event),
  ]);
  const lines = await Promise.all(
    accounts.map(async (account) => {
      const unsent = await whyNotBroadcast(ports, event, account);
      return lookup
        .of(account)
        .filter((candidate) => !isWritten(candidate))
        .map((candidate): TracedLine => {
          const { subscription, grant } = candidate;
          const why = whyNotFor(ports, views, candidate);
          const isMade = why === null && isExpanding;
          return {
            subscription: subscription.id,
            host: subscription.host,
            app: subscription.appId,
            account,
            grant: grant.id,
            verdict: isMade ? 'queued' : 'not_sent',
            code: why?.code ?? (isExpanding ? 'expanding' : (unsent?.code ?? 'changed_since')),
            scope: why?.code === 'scope' ? why.scope : null,
            delivery: null,
          };
        });
    }),
  );
  return lines.flat().slice(0, mostLines);
}
