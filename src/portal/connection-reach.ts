import { aboutConnector, findConnection, subscriptionsVia } from '#src/connections';
import { countWaitingOf } from '#src/deliveries';
import { PatchbayError } from '#src/errors';
import { destinationName } from './destinations.ts';
import type { Visit } from './door.tsx';
import { connectionPath } from './paths.ts';

/** What hangs on a connection, for a question before something is done. Throws 409 where it has ended. */
export async function connectionReach({ ctx, param }: Visit) {
  const row = await findConnection(ctx, param('id'));
  if (row.state === 'revoked')
    throw new PatchbayError('state_conflict', { public: 'It was disconnected already.' });
  const about = await aboutConnector(ctx, row.connector);
  const via = await subscriptionsVia(ctx, row);
  const waiting = await countWaitingOf(
    ctx,
    via.map(({ id }) => id),
  );
  return { row, about, via, waiting, title: destinationName(about.name, row), back: connectionPath(row.id) };
}
