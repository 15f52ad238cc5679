import { sampleEvent } from '#src/catalog';
import type { Operation, Reference, Schema } from './model.ts';

/** A call that can be pasted into a shell: the token and ids come from variables. */
export function curlOf(reference: Reference, operation: Operation): string {
  const { method, path, scopes, body, parameters } = operation;
  const address =
    reference.server + path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  const query = parameters.find((one) => one.in === 'query' && one.name === 'limit') ? '?limit=20' : '';
  const data = body ? (bodies[operation.id] ?? exampleOf(reference, body)) : null;
  return [
    `curl ${method === 'GET' ? '' : `-X ${method} `}"${address}${query}"`,
    ...(scopes === null ? [] : ['-H "Authorization: Bearer $PATCHBAY_TOKEN"']),
    ...(data === null
      ? []
      : [
          "-H 'Content-Type: application/json'",
          `-d '${JSON.stringify(data, null, 2).replaceAll("'", "'\\''")}'`,
        ]),
  ].join(' \\\n  ');
}

/** Said better by hand than by any schema. */
const bodies: Record<string, unknown> = {
  publishEvents: {
    type: 'review.published',
    occurred_at: '2026-11-21T15:04:05.000Z',
    city: 'houston',
    subject: 'reviews/rev_01k',
    audience: ['acc_01k'],
    data: sampleEvent('review.published'),
  },
  createSubscription: {
    endpoint: { type: 'webhook', url: 'https://example.com/hooks/patchbay' },
    event_types: ['booking.*'],
    cities: ['houston'],
    description: 'Bookings to our calendar',
  },
};

/** The smallest body that fits: what is needed, with the first value that is allowed. */
function exampleOf(reference: Reference, schema: Schema): unknown {
  const is = reference.resolve(schema);
  if (is.const !== undefined) return is.const;
  if (is.default !== undefined) return is.default;
  if (is.enum) return is.enum[0];
  const first = (is.oneOf ?? is.anyOf)?.[0];
  if (first) return exampleOf(reference, first);
  const type = Array.isArray(is.type) ? is.type[0] : is.type;
  switch (type) {
    case 'object': {
      const names = Object.keys(is.properties ?? {}).filter((name) => is.required?.includes(name));
      return Object.fromEntries(
        names.map((name) => [name, exampleOf(reference, is.properties?.[name] ?? {})]),
      );
    }
    case 'array':
      return is.minItems ? [exampleOf(reference, is.items ?? {})] : [];
    case 'integer':
    case 'number':
      return is.minimum ?? 1;
    case 'boolean':
      return true;
    case 'string':
      return is.format === 'date-time' ? '2026-11-21T15:04:05.000Z' : '…';
    default:
      return null;
  }
}
