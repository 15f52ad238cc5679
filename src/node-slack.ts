/**
 * Slack's own framework before Slack's handlers, on Node: Bolt tells commands, buttons and events apart and watches over
 * their acknowledgement; what is done is the connector's own, the same that Workers reach by `receive`. The hub has checked
 * the signature before, with the connector's `verify`. Bolt's installation is not used: tokens belong into the vault, by
 * the hub's own connect flow.
 */
import type { App, ReceiverEvent } from '@slack/bolt';
import { bodyOf, handlers, responseOf, unreadable } from '#connectors/slack';
import type { Connector, InboundHub } from '#kit';
import type { Log } from '#src/ports';

type Receive = NonNullable<Connector['receive']>;
type Body = NonNullable<ReturnType<typeof bodyOf>>;
type Answer = Awaited<ReturnType<(typeof handlers)['command']>>;

/** For `receive` of the Slack connector. Bolt is loaded at the first message: it costs a start what ten connectors do. */
export function receiveByBolt(log: Log): Receive {
  const started: { app?: Promise<App> } = {};
  return async (received, hub) => {
    const body = bodyOf(received);
    if (body === null) return unreadable();
    if (body['type'] === 'url_verification') return responseOf({ challenge: textOf(body['challenge']) });
    if (!isWhole(body)) return responseOf(null);
    started.app ??= startBolt(log);
    const app = await started.app;
    return responseOf(await dispatch(app, body, hub));
  };
}

async function startBolt(log: Log): Promise<App> {
  const { App, LogLevel } = await import('@slack/bolt');
  const warn = (...said: unknown[]) => log.warn('slack.bolt', { said: said.map(textOf).join(' ') });
  const quiet = () => undefined;
  const app = new App({
    // What arrives is handed over by `dispatch`: there is no port of its own.
    receiver: { init: quiet, start: () => Promise.resolve(), stop: () => Promise.resolve() },
    // No token is lent to Bolt, and no way out: whatever is said to Slack goes by the hub's own fetch.
    authorize: () => Promise.resolve({}),
    clientOptions: { fetch: () => Promise.reject(new Error('Bolt has no way out of the hub')) },
    convoStore: false,
    logger: {
      debug: quiet,
      info: quiet,
      warn,
      error: warn,
      setLevel: quiet,
      setName: quiet,
      getLevel: () => LogLevel.WARN,
    },
  });
  app.command(/.*/, async ({ body, ack, context }) =>
    ack(answerOf(await handlers.command(dataOf(body), hubOf(context)))),
  );
  app.action({ type: 'block_actions', action_id: /.*/ }, async ({ body, ack, context }) => {
    await handlers.action(dataOf(body), hubOf(context));
    await ack();
  });
  // Bolt acknowledges an event before it calls us; what goes wrong still fails the response, so that Slack tells us again.
  app.event(/.*/, async ({ body, context }) => {
    await handlers.event(dataOf(body), hubOf(context));
  });
  app.error(async (error) => {
    throw error;
  });
  return app;
}

async function dispatch(app: App, body: Body, hub: InboundHub): Promise<Answer> {
  const said: { answer: Answer } = { answer: null };
  const event: ReceiverEvent = {
    body,
    customProperties: { hub },
    ack: (answer: Answer | undefined) => {
      said.answer = answer ?? null;
      return Promise.resolve();
    },
  };
  try {
    await app.processEvent(event);
  } catch (error) {
    // Bolt wraps what is not its own.
    throw error instanceof Error && 'original' in error && error.original ? error.original : error;
  }
  return said.answer;
}

/** Bolt reads these without looking. */
function isWhole({ event, actions }: Body): boolean {
  const isEvent = event === undefined || (typeof event === 'object' && event !== null);
  return isEvent && (actions === undefined || (Array.isArray(actions) && actions.length > 0));
}

// Each of the three casts: Bolt hands on what `dispatch` gave it, under types of its own.
const dataOf = (body: unknown): Body => body as Body;
const hubOf = (context: Readonly<Record<string, unknown>>): InboundHub => context['hub'] as InboundHub;
const answerOf = (answer: Answer) => (answer ?? undefined) as { text: string } | undefined;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
