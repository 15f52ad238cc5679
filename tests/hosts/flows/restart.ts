import { expect, test } from 'vitest';
import { bodyOf, webhookId } from '../stand.ts';
import type { Flows } from '../suite.ts';

export const restartFlow: Flows = (stand) => {
  test('a restart of every process loses nothing and revives nothing', async () => {
    const { account, subscribe, publish, inStates, call, via, hub } = stand();
    const [person, ended] = [await account(), await account()];
    const held = await subscribe(person, { ordering: 'subject' });
    const failing = await subscribe(person);
    const subject = `bookings/restart_${person.id}`;
    await call('POST', `${held.at}/pause`, person.token);
    const failed = new Set<string>();
    failing.sink.answer((request, response) => {
      // Each fails once, so its next try is due after the restart where that is quick, and never in minutes.
      response.writeHead(failed.has(webhookId(request)) ? 200 : 503).end();
      failed.add(webhookId(request));
    });
    const events = [await publish([person], { subject }), await publish([person], { subject })].map(
      ({ id }) => id,
    );
    await inStates(person, held, ['held', 'held']);
    expect((await call('DELETE', `/v1/grants/${ended.grantId}`, ended.token)).status).toBe(202);

    await hub.restart();

    for (const place of hub.origins.keys())
      expect(await via(place)('GET', '/v1/me', ended.token)).toMatchObject({ status: 401 });
    await call('POST', `${held.at}/resume`, person.token);
    await inStates(person, held, ['delivered', 'delivered']);
    await inStates(person, failing, ['delivered', 'delivered']);
    expect(held.sink.received.map((one) => bodyOf(one).id)).toEqual(events);
  });
};
