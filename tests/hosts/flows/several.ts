import { expect, test } from 'vitest';
import { bodyOf, eventually, type Subscribed } from '../stand.ts';
import type { Flows } from '../suite.ts';

/** Many subscriptions, and several processes that must agree. Where a host has one process, it agrees with itself. */
export const severalFlows: Flows = (stand) => {
  test('an event with more matches than are written at once reaches every endpoint once', async () => {
    const { account, subscribe, publish, inStates } = stand();
    const people = [await account(), await account(), await account()];
    const subs = await Promise.all(
      people.flatMap((person) =>
        Array.from({ length: 4 }, async () => ({ person, sub: await subscribe(person) })),
      ),
    );
    const event = await publish(people);
    for (const { person, sub } of subs) await inStates(person, sub, ['delivered']);
    for (const { person, sub } of subs) {
      expect(sub.sink.received).toHaveLength(1);
      expect(bodyOf(sub.sink.received[0]!)).toMatchObject({ id: event.id, account: person.id });
    }
  });

  test('once one process has answered 201, every process matches what it accepts', async () => {
    const { account, subscribe, publish, via } = stand();
    const person = await account();
    const events: string[] = [];
    const subs: Subscribed[] = [];
    for (let n = 0; n < 6; n++) {
      subs.push(await subscribe(person, {}, via(n)));
      events.push((await publish([person], {}, via(n + 1))).id);
    }
    const missing = () =>
      subs.flatMap(({ sink }, n) => {
        const got = new Set(sink.received.map((one) => bodyOf(one).id as string));
        return events.slice(n).filter((id) => !got.has(id));
      });
    await eventually('each has all since it was made', () => missing().length === 0);
    for (const [n, { sink }] of subs.entries()) expect(sink.received).toHaveLength(6 - n);
  });

  test('a change or a deletion that one process has answered holds in every other', async () => {
    const { account, subscribe, publish, deliveries, via } = stand();
    const person = await account();
    for (let n = 0; n < 4; n++) {
      const [changed, deleted] = [await subscribe(person, {}, via(n)), await subscribe(person, {}, via(n))];
      const patch = await via(n)('PATCH', changed.at, person.token, { event_types: ['rfp.*'] });
      expect(patch.status).toBe(200);
      expect((await via(n)('DELETE', deleted.at, person.token)).status).toBe(204);
      const event = await publish([person], {}, via(n + 1));
      expect(await deliveries(person, { event: event.id })).toEqual([]);
    }
  });
};
