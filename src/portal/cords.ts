import { type DayCount, mostCountedPerSubscription } from '#src/deliveries';
import type { ShownSubscription } from '#src/subscriptions';

/** What one kind of event did at one destination in a day. */
export type Health = 'flowing' | 'held' | 'broken' | 'quiet';
export type Cord = {
  /** An event type, or, where nothing came, the pattern that was asked for. */
  type: string;
  subscription: ShownSubscription;
  health: Health;
  delivered: number;
  waiting: number;
  held: number;
  dead: number;
  total: number;
  /** Counting stopped: there is more. */
  isMore: boolean;
};

/** The broken first, then the held, then by volume: what needs somebody stands on top. */
export function cordsOf(subscriptions: readonly ShownSubscription[], counts: readonly DayCount[]): Cord[] {
  const cords = subscriptions.flatMap((subscription) => {
    // Tests say nothing of what flows.
    const own = counts.filter(
      ({ subscription: id, type }) => id === subscription.id && type !== 'integration.test',
    );
    const isMore = sum(own) >= mostCountedPerSubscription;
    const types = [...new Set(own.map(({ type }) => type))];
    const seen = types.map((type) => cordOf(subscription, type, own, isMore));
    return seen.length > 0
      ? seen
      : subscription.event_types.map((pattern) => cordOf(subscription, pattern, [], false));
  });
  return cords.sort((a, b) => order[a.health] - order[b.health] || b.total - a.total);
}

const order: Record<Health, number> = { broken: 0, held: 1, flowing: 2, quiet: 3 };
const sum = (counts: readonly DayCount[]): number => counts.reduce((total, { n }) => total + n, 0);

function cordOf(
  subscription: ShownSubscription,
  type: string,
  own: readonly DayCount[],
  isMore: boolean,
): Cord {
  const mine = own.filter((count) => count.type === type);
  const of = (...states: DayCount['state'][]) => sum(mine.filter(({ state }) => states.includes(state)));
  const facts = {
    delivered: of('delivered'),
    waiting: of('pending', 'leased', 'retrying'),
    held: of('held'),
    dead: of('dead'),
  };
  const total = sum(mine);
  return { type, subscription, ...facts, total, isMore, health: healthOf(subscription, { ...facts, total }) };
}

type Counted = Pick<Cord, 'delivered' | 'held' | 'dead' | 'total'>;

function healthOf(
  { state, failing_since }: ShownSubscription,
  { delivered, held, dead, total }: Counted,
): Health {
  if (state === 'disabled' || failing_since !== null || (dead > 0 && delivered === 0)) return 'broken';
  if (state === 'paused' || state === 'pending_approval' || held > 0) return 'held';
  return total === 0 ? 'quiet' : 'flowing';
}

/** What a destination is called: its description, else its host. */
export function nameOf({
  description,
  endpoint,
}: Pick<ShownSubscription, 'description' | 'endpoint'>): string {
  if (description) return description;
  return endpoint.type === 'webhook' ? hostOf(endpoint.url) : endpoint.connection_id;
}

export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);

export { counted } from '#src/ui';
