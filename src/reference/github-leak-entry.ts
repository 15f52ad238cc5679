import * as z from 'zod';
import { problemAnswers } from './problems.ts';
import type { Registry } from './registry.ts';

/** GitHub's own form and signature (src/leaks/github.ts), which is why it is not mounted like the others. */
export function githubLeakEntry(registry: Registry): void {
  registry.registerPath({
    method: 'post',
    path: '/leak-reports/github',
    operationId: 'reportLeaksFromGithub',
    tags: ['Leaks'],
    summary: 'GitHub’s secret scanning partner program',
    description:
      'Signed by GitHub over the bytes of the body. Live tokens are revoked at once, with all that they made.',
    security: [],
    request: {
      headers: z.object({
        'Github-Public-Key-Identifier': z.string(),
        'Github-Public-Key-Signature': z.string().describe('ECDSA P-256, SHA-256; base64.'),
      }),
      body: {
        required: true,
        content: {
          'application/json': {
            schema: z.array(z.object({ token: z.string(), type: z.string(), url: z.string().optional() })),
          },
        },
      },
    },
    responses: {
      200: {
        description: 'Which of them were ours, each by its hash.',
        content: {
          'application/json': {
            schema: z.array(
              z.strictObject({
                token_hash: z.string().describe('SHA-256 in hex.'),
                token_type: z.string(),
                label: z.enum(['true_positive', 'false_positive']),
              }),
            ),
          },
        },
      },
      ...Object.fromEntries<object>(
        problemAnswers([
          'unauthenticated',
          'forbidden',
          'invalid_json',
          'unsupported_media_type',
          'body_too_large',
          'validation_failed',
          'quota_exceeded',
          'vendor_unavailable',
          'internal',
          'store_unavailable',
        ]),
      ),
    },
  });
}
