import * as z from 'zod';
import { problemAnswers } from './problems.ts';
import type { Registry } from './registry.ts';

/** What vendors send, in their own forms and signatures, which is why it is not mounted like the others. */
export function inboundEntries(registry: Registry): void {
  const connector = z.string().describe('`slack`, `hubspot` …');
  const ways = [
    { path: '/v1/inbound/{connector}', id: 'receiveFromVendor', params: z.object({ connector }) },
    {
      path: '/v1/inbound/{connector}/{connection}',
      id: 'receiveFromVendorForConnection',
      params: z.object({ connector, connection: z.string() }),
    },
  ];
  for (const { path, id, params } of ways) {
    registry.registerPath({
      method: 'post',
      path,
      operationId: id,
      tags: ['Connections'],
      summary: 'What a vendor sends us',
      description: 'Signed by the vendor over the bytes of the body; form and answer are the vendor’s own.',
      security: [],
      request: { params },
      responses: {
        200: { description: 'As the vendor wants to be answered.' },
        ...Object.fromEntries<object>(
          problemAnswers([
            'unauthenticated',
            'not_found',
            'body_too_large',
            'quota_exceeded',
            'internal',
            'store_unavailable',
          ]),
        ),
      },
    });
  }
}
