import type { Ports } from '#src/context';
import { refuseSpent } from '#src/limits';
import type { Cap } from '#src/ports';
import type { Client } from './clients.ts';

const hourMs = 3_600_000;

/**
 * Spends one of the app's token requests. A public client proves nothing here, and anybody can name it: its requests
 * count by the network that they come from, so that nobody spends another's. Throws 429.
 */
export async function spendTokenRequest(
  { gate, settings, usage }: Pick<Ports, 'gate' | 'settings' | 'usage'>,
  client: Client,
  network: string | null,
): Promise<void> {
  const { appId, partnerId, kind } = client;
  const burst = settings.tokenRequestsPerHour;
  const cap: Cap = {
    level: 'token_requests',
    key: `token_requests:${appId}${kind === 'public' ? `:${network ?? ''}` : ''}`,
    periodMs: hourMs / burst,
    burst,
    cost: 1,
  };
  // The gate asks for a token by its id; an app's is the id of none.
  const token = { id: appId, locator: appId.slice(-8) };
  const admission = await gate.admit({ epochs: [client.epochs], token, caps: [cap] });
  if (admission.refused && kind === 'confidential')
    usage.count([`app:${appId}`, `partner:${partnerId}`], { refused: 1 });
  refuseSpent([cap], admission);
}
