import * as z from 'zod';
import type { Registry } from './registry.ts';

const body = z
  .strictObject({
    id: z.string(),
    type: z.string(),
    timestamp: z.string(),
    schema_version: z.int(),
    sequence: z.int().describe('Grows per subject. Ignore what is older than what you have.'),
    city: z.string().optional(),
    subject: z.string().optional(),
    account: z.string(),
    grant: z.string(),
    subscription: z.string(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'WebhookBody', description: 'What an endpoint receives (`format: "standard"`).' });

/** What the hub asks of others: the other half of the contract (OpenAPI 3.1 `webhooks`). */
export function webhookEntry(registry: Registry): void {
  registry.registerWebhook({
    method: 'post',
    path: 'event',
    operationId: 'receiveEvent',
    summary: 'An event, at your endpoint',
    description:
      'Standard Webhooks 1.0. Verify the signature, answer 2xx within 15 seconds, work afterwards. Tried again after ' +
      '5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h; `Retry-After` is honoured, `410` disables the subscription.',
    request: {
      headers: z.object({
        'webhook-id': z.string().describe("The delivery's id: the same through retries and replays."),
        'webhook-timestamp': z.string().describe('Of the attempt, in seconds since the epoch.'),
        'webhook-signature': z.string().describe('`v1,…` or `v1a,…`; two while a secret is rotated.'),
      }),
      body: { required: true, content: { 'application/json': { schema: body } } },
    },
    responses: {
      200: { description: 'Any 2xx: taken.' },
      410: { description: 'Gone: the subscription is disabled and its events are held.' },
      default: { description: 'Anything else, redirects too: tried again.' },
    },
  });
}
