import * as z from 'zod';
import { eventResult, publishBody } from '#src/events';
import { always } from '#src/wire';
import { problemAnswers } from './problems.ts';
import type { Registry } from './registry.ts';

/** `POST /v1/events` in the document. The route itself is hot and is not mounted like the others. */
export function publishEntry(registry: Registry): void {
  registry.registerPath({
    method: 'post',
    path: '/v1/events',
    operationId: 'publishEvents',
    tags: ['Events'],
    summary: 'Publish one event, or up to 500',
    description:
      'Answered only after every accepted event is durable, with its deliveries. A quarantined event is kept, seen by ' +
      'support, delivered to nobody. Sent again with the same id or `Idempotency-Key` and the same content it is a `duplicate`.',
    security: [{ token: ['events:publish'] }],
    request: {
      headers: z.object({
        'Idempotency-Key': z
          .string()
          .max(255)
          .optional()
          .describe('1 to 255 visible ASCII characters. The same key with another body is a 409.'),
      }),
      body: { required: true, content: { 'application/json': { schema: publishBody } } },
    },
    responses: {
      202: {
        description: 'What became of each event, in the order of the request.',
        content: {
          'application/json': {
            schema: z.union([eventResult, z.strictObject({ results: z.array(eventResult) })]),
          },
        },
      },
      ...Object.fromEntries<object>(
        problemAnswers([
          ...always,
          'invalid_json',
          'invalid_parameter',
          'unsupported_media_type',
          'body_too_large',
          'validation_failed',
          'event_conflict',
          'idempotency_conflict',
          'overloaded',
        ]),
      ),
    },
  });
}
