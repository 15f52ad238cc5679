import { describe, expect, test } from 'vitest';
import { eventTypes, validate } from '../../src/catalog/index.ts';
import { endpointPlans } from '../../src/demo/endpoints.ts';
import { writeDay } from '../../src/demo/write-day.ts';

const day = writeDay(7);
const taken = day.filter(({ expect: expected }) => expected === 'accepted').map(({ event }) => event);

describe('the day of the demo', () => {
  test('it is the same for the same seed and another for another', () => {
    expect(writeDay(7)).toEqual(day);
    expect(writeDay(8)).not.toEqual(day);
  });

  test.each([7, 1, 2, 99])(
    'seed %i: what should be taken is valid, what should be set aside is not',
    (seed) => {
      for (const { event, expect: expected } of writeDay(seed)) {
        const verdict = validate(event.type, eventTypes.get(event.type)!.latest, event.data);
        expect([event.id, verdict.ok]).toEqual([event.id, expected === 'accepted']);
      }
    },
  );

  test('every type that a marketplace may publish occurs', () => {
    const publishable = [...eventTypes.values()].filter(({ system }) => !system).map(({ type }) => type);
    expect([...new Set(taken.map(({ type }) => type))].toSorted()).toEqual(publishable.toSorted());
  });

  test('ids are unique and the events are in the order of the day', () => {
    expect(new Set(day.map(({ event }) => event.id)).size).toBe(day.length);
    expect(day.map(({ event }) => event.occurred_at)).toEqual(
      day.map(({ event }) => event.occurred_at).toSorted(),
    );
  });

  test('the events of one booking agree with each other and come in the order of its life', () => {
    const order = [
      'booking.requested',
      'instant_book.confirmed',
      'booking.confirmed',
      'booking.rescheduled',
      'booking.cancelled',
      'booking.completed',
      'escrow.released',
    ];
    const bySubject = Map.groupBy(
      taken.filter(({ subject }) => subject.startsWith('bookings/')),
      ({ subject }) => subject,
    );
    expect(bySubject.size).toBeGreaterThan(30);
    for (const events of bySubject.values()) {
      const places = events.map(({ type }) => order.indexOf(type));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(new Set(events.map(({ data }) => data['booking_id'])).size).toBe(1);
    }
  });

  test('each endpoint has something to receive, and the filter and the city each keep something out', () => {
    for (const plan of endpointPlans) expect([plan.key, taken.some(plan.expects)]).toEqual([plan.key, true]);
    const assistant = endpointPlans.find(({ key }) => key === 'assistant')!;
    const passedOver = taken.filter(
      (event) =>
        event.audience.includes(assistant.ownerId) &&
        /^(booking|instant_book)\./.test(event.type) &&
        !assistant.expects(event),
    );
    expect(new Set(passedOver.map(({ city }) => city))).toEqual(new Set(['houston', 'galveston']));
  });
});
