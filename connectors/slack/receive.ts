import type { InboundHub, Received } from '#kit';
import { answerAction } from './action.ts';
import { answerCommand } from './command.ts';
import { answerEvent } from './lifecycle.ts';
import { type Data, isData, text } from './read.ts';

/** What goes back in the response; null: an empty 200. */
export type Answer = Data | null;

/** The one set of handlers: Bolt calls them on Node, `receive` on Workers. */
export const handlers = { command: answerCommand, action: answerAction, event: answerEvent };

/** After `verify`. Slack waits three seconds: whatever is done here is our own, or has a short deadline of its own. */
export async function receive(received: Received, hub: InboundHub): Promise<Response> {
  const body = bodyOf(received);
  return body === null ? unreadable() : responseOf(await answer(body, hub));
}

async function answer(body: Data, hub: InboundHub): Promise<Answer> {
  if (body['type'] === 'url_verification') return { challenge: text(body, 'challenge') ?? '' };
  if (body['type'] === 'event_callback') return handlers.event(body, hub);
  if (body['type'] === 'block_actions') return handlers.action(body, hub);
  if (text(body, 'command') !== undefined) return handlers.command(body, hub);
  // Something that this app never asked for. An error would only be shown to somebody who cannot mend it.
  return null;
}

export const responseOf = (answer: Answer): Response =>
  answer === null ? new Response(null, { status: 200 }) : Response.json(answer);

export const unreadable = (): Response => new Response('Not a message of Slack’s.', { status: 400 });

/** JSON from events; a form from commands; a form with JSON in `payload` from buttons. */
export function bodyOf({ raw, headers }: Received): Data | null {
  const said = new TextDecoder().decode(raw);
  if (!(headers.get('content-type') ?? '').includes('application/x-www-form-urlencoded')) return json(said);
  const form = new URLSearchParams(said);
  const payload = form.get('payload');
  return payload === null ? Object.fromEntries(form) : json(payload);
}

function json(said: string): Data | null {
  try {
    const value: unknown = JSON.parse(said);
    return isData(value) ? value : null;
  } catch {
    return null;
  }
}
