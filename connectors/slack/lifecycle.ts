import type { InboundHub } from '#kit';
import { type Data, list, text } from './read.ts';
import type { Answer } from './receive.ts';

/**
 * The app was removed there, or its token ended. Not under `once`: ending what has ended changes nothing, and an end that
 * was missed because we died half-way would leave a connection that only looks alive.
 */
export async function answerEvent(body: Data, hub: InboundHub): Promise<Answer> {
  const why = whyOf(body);
  const team = text(body, 'team_id');
  if (why === null || team === undefined) return null;
  for (const desk of await hub.ofAccount(team)) await desk.disconnected(why);
  return null;
}

function whyOf(body: Data): string | null {
  switch (text(body, 'event.type')) {
    case 'app_uninstalled':
      return 'app_uninstalled';
    case 'tokens_revoked':
      // `oauth` names people's own tokens; this app asks for none.
      return list(body, 'event.tokens.bot').length > 0 ? 'tokens_revoked' : null;
    default:
      return null;
  }
}
