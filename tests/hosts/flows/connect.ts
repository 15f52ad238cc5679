import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { discord, webhookPath } from '../../../connectors/discord/stand-in.ts';
import { discordPort } from '../host.ts';
import { eventually, usualScopes } from '../stand.ts';
import type { Flows } from '../suite.ts';

/** A vendor's account linked, what goes through it, and its end: the same line on every host. */
export const connectFlows: Flows = (stand) => {
  test('an event goes through a connection once, and after its end nothing is asked of the vendor', async () => {
    const { call, account, publish, inStates } = stand();
    const vendor = await startDiscord();
    try {
      const person = await account([...usualScopes, 'connections:manage']);
      const url = `https://discord.com${webhookPath}`;
      const linked = await call('POST', '/v1/connections', person.token, { connector: 'discord', url });
      expect(linked).toMatchObject({ status: 201, body: { authorize_url: null, state: 'active' } });
      const at = `/v1/connections/${linked.body.id}`;
      const made = await call('POST', '/v1/subscriptions', person.token, {
        endpoint: { type: 'connection', connection_id: linked.body.id },
        event_types: ['booking.*'],
      });
      expect(made).toMatchObject({ status: 201 });
      const subscription = { id: made.body.id as string };
      await publish([person]);
      await eventually('the message is there', () => vendor.messages().length === 1);
      const [delivery] = await inStates(person, subscription as never, ['delivered']);
      const shown = await call('GET', `/v1/deliveries/${delivery?.id}`, person.token);
      expect(shown.body.attempts).toMatchObject([{ outcome: 'applied' }]);
      const checked = await call('POST', `${at}/check`, person.token);
      expect(checked).toMatchObject({ status: 200, body: { is_well: true, label: 'Bookings' } });
      const calls = await call('GET', `${at}/calls`, person.token);
      expect(JSON.stringify(calls.body)).not.toContain('not-a-secret-webhook-token');

      expect(await call('DELETE', at, person.token)).toMatchObject({ status: 204 });
      const asked = vendor.asked();
      await publish([person]);
      expect(await call('POST', `${at}/check`, person.token)).toMatchObject({ status: 409 });
      expect(vendor.asked()).toBe(asked);
      expect(vendor.messages()).toHaveLength(1);
    } finally {
      await vendor.close();
    }
  });
};

async function startDiscord() {
  const standIn = discord();
  const state = { asked: 0 };
  const server = createServer((request, response) => {
    state.asked++;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const asked = new Request(`https://discord.com${request.url}`, {
        method: request.method ?? 'GET',
        ...(body === '' ? {} : { body }),
      });
      void standIn.answer(asked).then(async (answer) => {
        response.statusCode = answer.status;
        response.end(Buffer.from(await answer.arrayBuffer()));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(discordPort, '127.0.0.1', resolve));
  return {
    messages: () => standIn.objects(),
    asked: () => state.asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
