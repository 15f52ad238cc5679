import { describe, expect, test } from 'vitest';
import { checkAll } from '../../src/demo/check.ts';
import { countAll } from '../../src/demo/count.ts';
import { endpointPlans } from '../../src/demo/endpoints.ts';
import type { DeliveryRow, EventRow, StoreReader } from '../../src/demo/read-store.ts';
import type { Received } from '../../src/demo/receiver.ts';
import type { Endpoint } from '../../src/demo/subscribe.ts';
import { writeDay } from '../../src/demo/write-day.ts';

const calendar = endpointPlans.find(({ key }) => key === 'calendar')!;
/** Two events of one booking that the calendar is to receive. */
const day = [
  ...Map.groupBy(
    writeDay(7).filter(({ event }) => calendar.expects(event)),
    ({ event }) => event.subject,
  ).values(),
]
  .find((one) => one.length > 1)!
  .slice(0, 2);

type Facts = {
  sent: { eventId: string; status: string }[];
  events: EventRow[];
  deliveries: DeliveryRow[];
  attempts: number;
  received: Received[];
};

/** Everything went well; each test spoils one fact of it. */
function goodDay(): Facts {
  const ids = day.map(({ event }) => event.id);
  return {
    sent: ids.map((eventId) => ({ eventId, status: 'accepted' })),
    events: day.map(({ event }, i) => ({
      id: event.id,
      type: event.type,
      state: 'accepted',
      sequence: i + 1,
    })),
    deliveries: day.map(({ event }, i) => ({
      id: `dlv_${i}`,
      subscriptionId: 'sub_1',
      eventId: event.id,
      eventType: event.type,
      subject: event.subject,
      acceptedAtMs: 1_000,
      state: 'delivered',
      reason: 'delivered',
      dueAtMs: null,
      attempts: 1,
    })),
    attempts: 2,
    received: day.map(({ event }, i) => ({
      webhookId: `dlv_${i}`,
      atMs: 1_010,
      isGenuine: true,
      status: 200,
      isOver: true,
      subject: event.subject,
      sequence: i + 1,
    })),
  };
}

function failuresOf({ sent, events, deliveries, attempts, received }: Facts): string[] {
  const store: StoreReader = {
    events: () => events,
    deliveries: () => deliveries,
    subscriptions: () => [],
    attempts: () => attempts,
    close: () => {},
  };
  const receiver = { url: '', received, trust: () => {}, setFailing: () => {}, close: async () => {} };
  const endpoints: Endpoint[] = [{ plan: calendar, receiver, subscriptionId: 'sub_1', token: '' }];
  return checkAll(countAll(sent, store, endpoints), day, 0).flatMap(({ claim, isTrue }) =>
    isTrue ? [] : [claim],
  );
}

describe('the counts of the demo', () => {
  test('a day on which all went well agrees', () => {
    expect(failuresOf(goodDay())).toEqual([]);
  });

  test.each<[string, RegExp, (facts: Facts) => void]>([
    [
      'an event that was never answered',
      /every one was answered/,
      (facts) => (facts.sent[0]!.status = 'unanswered_500'),
    ],
    ['an event that was refused', /as it should be/, (facts) => (facts.sent[0]!.status = 'invalid')],
    ['an event that the store does not have', /the store holds exactly these/, (facts) => facts.events.pop()],
    ['a delivery that was never made', /one delivery for each endpoint/, (facts) => facts.deliveries.pop()],
    [
      'a delivery that nobody was to have',
      /none for any other/,
      (facts) => facts.deliveries.push({ ...facts.deliveries[0]!, id: 'dlv_9' }),
    ],
    ['a delivery that did not arrive', /answered 2xx/, (facts) => (facts.received[0]!.status = 503)],
    ['an attempt that was not written', /in the store, as many/, (facts) => facts.attempts--],
    [
      'a delivery that came twice',
      /sent anything again/,
      (facts) => facts.received.push({ ...facts.received[0]! }),
    ],
    ['a bad signature', /every signature was good/, (facts) => (facts.received[0]!.isGenuine = false)],
    ['a booking out of order', /in order/, (facts) => facts.received.reverse()],
  ])('%s is found', (_, claim, spoil) => {
    const facts = goodDay();
    spoil(facts);
    expect(failuresOf(facts).join('\n')).toMatch(claim);
  });
});
