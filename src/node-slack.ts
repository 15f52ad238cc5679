/** Bolt before Slack's messages, on Node. Neither it nor the connector is loaded before the first message comes. */
import type { Connector } from '#kit';
import type { Log } from '#src/ports';
import type { Registry } from './connectors.ts';
import type { Dispatch } from './node-bolt.ts';

type Receive = NonNullable<Connector['receive']>;

/** The registry, with Bolt in Slack's place for what Slack sends. */
export function withBolt(registry: Registry, log: Log): Registry {
  const { slack } = registry;
  if (!slack) return registry;
  const receive = receiveByBolt(log);
  return { ...registry, slack: async () => ({ ...(await slack()), receive }) };
}

/** After `verify`, like the connector's own `receive`, and with the same answers. */
export function receiveByBolt(log: Log): Receive {
  const started: { dispatch?: Promise<Dispatch> } = {};
  return async (received, hub) => {
    const { bodyOf, responseOf, unreadable } = await import('#connectors/slack');
    const body = bodyOf(received);
    if (body === null) return unreadable();
    const { challenge, type } = body;
    // As in all of Bolt's own receivers: a challenge is no business of its listeners.
    if (type === 'url_verification')
      return responseOf({ challenge: typeof challenge === 'string' ? challenge : '' });
    started.dispatch ??= import('./node-bolt.ts').then(({ startBolt }) => startBolt(log));
    const dispatch = await started.dispatch;
    return responseOf(await dispatch(body, hub));
  };
}
