import { type Counts, type EndpointCount, isTaken } from './count.ts';
import { count } from './paint.ts';
import type { PlannedEvent, WireEvent } from './planned-event.ts';

/** Two counts of the same thing that must agree. `detail` says by how much they do not. */
export type Check = { claim: string; isTrue: boolean; detail: string };

/** `forged` is how many requests the demo itself sent with a false signature. */
export function checkAll(counts: Counts, day: readonly PlannedEvent[], forged: number): Check[] {
  const { answers, acceptedIds, published, attempts, endpoints } = counts;
  const events = new Map(day.map(({ event }) => [event.id, event]));
  const answered = ['accepted', 'duplicate', 'quarantined', 'invalid'].map((name) => answers.get(name) ?? 0);
  const stored = (state: string) => published.filter((row) => row.state === state);
  const requests = endpoints.flatMap((one) =>
    one.requests.filter(({ isGenuine, isOver }) => isGenuine && isOver),
  );
  const taken = endpoints.reduce((sum, { takenIds }) => sum + takenIds.size, 0);
  const delivered = counts.states.get('delivered') ?? 0;
  const routed = endpoints.map((one) => routing(one, counts, events));
  return [
    check(
      `each of the ${day.length} events of the day was taken, set aside or refused as it should be`,
      day.filter(({ event, expect }) => counts.firstAnswers.get(event.id) === expect).length,
      day.length,
    ),
    check(
      `${counts.sent} sent, with what was sent again: every one was answered`,
      answered.reduce((a, b) => a + b, 0),
      counts.sent,
    ),
    check(
      `${acceptedIds.size} accepted and ${answers.get('quarantined') ?? 0} quarantined: the store holds exactly these`,
      stored('accepted').filter(({ id }) => acceptedIds.has(id)).length + stored('quarantined').length,
      acceptedIds.size + (answers.get('quarantined') ?? 0),
      published.length,
    ),
    {
      claim: 'each event has one delivery for each endpoint that it was for, and none for any other',
      isTrue: routed.every(({ missing, strange }) => missing + strange === 0),
      detail: `missing ${total(routed, 'missing')}, too many ${total(routed, 'strange')}`,
    },
    {
      claim: `${delivered} delivered in the store: the same ${taken} webhook-ids were answered 2xx`,
      isTrue: delivered === taken && endpoints.every(tookWhatIsDelivered),
      detail: `store ${delivered}, receivers ${taken}`,
    },
    // A request that still hangs has no attempt yet: an attempt is written when it is over.
    check(
      `${count(attempts, 'attempt')} in the store, as many requests at the receivers`,
      attempts,
      requests.length,
    ),
    check('no receiver was sent anything again that it had taken', counts.again.afterSuccess, 0),
    check(
      `every signature was good; ${count(forged, 'forged request')} of our own refused`,
      counts.signatures.refused,
      forged,
    ),
    check('the calendar, which asked for order, saw every booking in order', outOfOrder(endpoints), 0),
  ];
}

function check(claim: string, ...figures: number[]): Check {
  return { claim, isTrue: figures.every((figure) => figure === figures[0]), detail: figures.join(' ≠ ') };
}

function tookWhatIsDelivered({ rows, takenIds }: EndpointCount): boolean {
  return rows.filter(({ state }) => state === 'delivered').every(({ id }) => takenIds.has(id));
}

type Routing = { missing: number; strange: number };
const total = (list: readonly Routing[], key: keyof Routing): number =>
  list.reduce((sum, one) => sum + one[key], 0);

/** What the store has for this endpoint against what the demo says in its own words that it should get. */
function routing(
  { endpoint, rows }: EndpointCount,
  { acceptedIds }: Counts,
  events: ReadonlyMap<string, WireEvent>,
): Routing {
  const found = rows.filter(({ eventId }) => events.has(eventId)).map(({ eventId }) => eventId);
  const wanted = new Set(
    [...events.values()]
      .filter((event) => acceptedIds.has(event.id) && endpoint.plan.expects(event))
      .map(({ id }) => id),
  );
  return {
    missing: [...wanted].filter((id) => !found.includes(id)).length,
    strange: found.length - found.filter((id, i) => wanted.has(id) && found.indexOf(id) === i).length,
  };
}

function outOfOrder(endpoints: readonly EndpointCount[]): number {
  const last = new Map<string, number>();
  const ordered = endpoints.filter(({ endpoint }) => endpoint.plan.wish['ordering'] === 'subject');
  return ordered
    .flatMap(({ requests }) => requests.filter(isTaken))
    .filter(({ subject, sequence }) => {
      const isLate = sequence <= (last.get(subject) ?? 0);
      last.set(subject, Math.max(sequence, last.get(subject) ?? 0));
      return isLate;
    }).length;
}
