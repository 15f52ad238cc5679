/** The hub's side of what Slack sends: who has connected, and what was done in whose name. */
import type { Desk, InboundHub, Received } from '#kit';
import { conformance } from '../../connectors/slack/conformance.ts';
import { startedAt } from './slack-hub.ts';

export const signingSecret = 'not-a-real-signing-secret';

export type Given = {
  id?: string;
  facts?: Record<string, unknown>;
  /** Channels of its subscriptions; undefined: the webhook's own. */
  channels?: readonly (string | undefined)[];
  answer?: Awaited<ReturnType<Desk['ask']>>;
  /** What cannot be written down. */
  fails?: readonly string[];
};

export function slackDesks(given: readonly Given[] = [{}], team = 'T0PATCHBAY') {
  const done: unknown[] = [];
  const ids = new Set<string>();
  const desks = given.map(
    ({
      id = 'con_conformance',
      facts = {},
      channels = [undefined],
      answer = 'recorded',
      fails = [],
    }): Desk => {
      const act = async (...what: unknown[]) => {
        if (fails.includes(String(what[0]))) throw new Error('the store is away');
        done.push([id, ...what]);
      };
      return {
        connectionId: id,
        facts: {
          team: { id: team, name: 'Bayou City Denim' },
          connectedBy: 'U0LINH',
          channel: { id: 'C0BOOKINGS', name: '#bookings' },
          ...facts,
        },
        status: () =>
          Promise.resolve({
            state: 'active',
            subscriptions: channels.map((channel, index) => ({
              id: `sub_${index}`,
              eventTypes: ['booking.*', 'rfp.*'],
              state: 'active',
              description: 'for <the> team',
              options: { ...(channel ? { channel } : {}), respond: 'off', direct_messages: false },
            })),
          }),
        keyOf: () => Promise.resolve(null),
        mute: (forMs) => act('mute', forMs),
        unmute: () => act('unmute'),
        test: async () => {
          await act('test');
          return { sent: channels.length };
        },
        disconnected: (why) => act('disconnected', why),
        changed: () => act('changed'),
        ask: async (intent) => {
          await act('ask', intent);
          return answer;
        },
        fetch: async (url, init) => {
          await act('fetch', url, init?.credential, JSON.parse(init?.body ?? 'null'));
          return new Response('ok');
        },
        link: (path) => `https://hub.example${path}`,
      };
    },
  );
  const hub: InboundHub = {
    now: () => startedAt,
    ofAccount: (id) => Promise.resolve(id === team ? desks : []),
    own: null,
    once: (id) => {
      const isNew = !ids.has(id);
      ids.add(id);
      return Promise.resolve(isNew);
    },
  };
  return { hub, done };
}

export const signed = (body: string, at = startedAt, secret = signingSecret): Promise<Received> =>
  conformance.inbound!.send(body, secret, at);

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
let count = 0;
const trigger = () => `1334.${(count += 1)}.fake`;

export const command = (text: string, over: Record<string, string> = {}) =>
  form({
    command: '/patchbay',
    text,
    team_id: 'T0PATCHBAY',
    channel_id: 'C0BOOKINGS',
    user_id: 'U0LINH',
    trigger_id: trigger(),
    response_url: 'https://hooks.slack.com/commands/T0PATCHBAY/1/fake',
    ...over,
  });

export const press = (action: string, value: string, over: Record<string, unknown> = {}) =>
  form({
    payload: JSON.stringify({
      type: 'block_actions',
      team: { id: 'T0PATCHBAY', domain: 'bayou-city' },
      user: { id: 'U0LINH', team_id: 'T0PATCHBAY' },
      channel: { id: 'C0BOOKINGS', name: 'bookings' },
      container: { type: 'message', message_ts: '1795348800.000001', channel_id: 'C0BOOKINGS' },
      trigger_id: trigger(),
      response_url: 'https://hooks.slack.com/actions/T0PATCHBAY/1/fake',
      actions: [{ action_id: action, block_id: 'con_conformance:1', type: 'button', value }],
      ...over,
    }),
  });

export const happened = (event: unknown, over: Record<string, unknown> = {}) =>
  JSON.stringify({
    type: 'event_callback',
    team_id: 'T0PATCHBAY',
    api_app_id: 'A0PATCHBAY',
    event_id: `Ev${trigger()}`,
    event_time: 1_795_348_800,
    event,
    ...over,
  });
