import * as z from 'zod';
import type { ErrorCode } from '#src/errors';
import { problemAnswers } from './problems.ts';
import type { Registry } from './registry.ts';

type Entry = {
  path: string;
  id: string;
  summary: string;
  type: string;
  schema: z.ZodType;
  errors: ErrorCode[];
};

const entries: Entry[] = [
  {
    path: '/healthz',
    id: 'getHealth',
    summary: 'Whether the process is up',
    type: 'application/json',
    schema: z.strictObject({ status: z.literal('up'), version: z.string() }),
    errors: ['internal'],
  },
  {
    path: '/readyz',
    id: 'getReadiness',
    summary: 'Whether it should get traffic: the store reads and writes, and nobody is stopping it',
    type: 'application/json',
    schema: z.strictObject({ status: z.literal('ready') }),
    errors: ['store_unavailable', 'shutting_down'],
  },
  {
    path: '/metrics',
    id: 'getMetrics',
    summary: 'Counters, gauges and histograms for Prometheus',
    type: 'text/plain',
    schema: z.string(),
    errors: ['not_found', 'internal'],
  },
  {
    path: '/openapi.json',
    id: 'getApiDocument',
    summary: 'This document',
    type: 'application/json',
    schema: z.record(z.string(), z.unknown()),
    errors: ['internal'],
  },
];

/** What takes no token. */
export function publicEntries(registry: Registry): void {
  for (const { path, id, summary, type, schema, errors } of entries) {
    registry.registerPath({
      method: 'get',
      path,
      operationId: id,
      tags: ['Operate'],
      summary,
      security: [],
      responses: {
        200: { description: 'As asked.', content: { [type]: { schema } } },
        ...Object.fromEntries<object>(problemAnswers(errors)),
      },
    });
  }
}
