import * as z from 'zod';
import { type ErrorCode, errorCodes } from '#src/errors';

const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
    request_id: z.string(),
    errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
    'violated-policies': z.array(z.string()).optional().describe('Of `quota_exceeded`: which caps refused.'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem document.' });

/** The problem documents that a route may answer, one entry a status, each with its closed list of codes. */
export function problemAnswers(codes: readonly ErrorCode[]): [status: string, answer: object][] {
  const byStatus = Map.groupBy(new Set(codes), (code) => errorCodes[code].status);
  return [...byStatus].map(([status, list]) => [
    String(status),
    {
      description: list.map((code) => `\`${code}\`: ${errorCodes[code].title}.`).join(' '),
      content: { 'application/problem+json': { schema: problemSchema } },
    },
  ]);
}
