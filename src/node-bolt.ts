/**
 * Slack's own framework before Slack's handlers: Bolt tells commands, buttons and events apart and watches over their
 * acknowledgement; what is done is the connector's own, the same that Workers reach by its `receive`. Bolt's installation
 * is not used: tokens belong into the vault, by the hub's own connect flow.
 */
// Named, and in a file of its own: of a CommonJS module that is imported late, a bundle has the default export alone.
import { App, LogLevel, type ReceiverEvent } from '@slack/bolt';
import { type bodyOf, handlers } from '#connectors/slack';
import type { InboundHub } from '#kit';
import type { Log } from '#src/ports';

type Body = NonNullable<ReturnType<typeof bodyOf>>;
type Answer = Awaited<ReturnType<(typeof handlers)['command']>>;

export type Dispatch = (body: Body, hub: InboundHub) => Promise<Answer>;

export function startBolt(log: Log): Dispatch {
  const app = createApp(log);
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
  return (body, hub) => (isWhole(body) ? dispatch(app, body, hub) : Promise.resolve(null));
}

function createApp(log: Log): App {
  const warn = (...said: unknown[]) =>
    log.warn('slack.bolt', { said: said.filter((one) => typeof one === 'string').join(' ') });
  const quiet = () => undefined;
  return new App({
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
