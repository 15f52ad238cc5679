import { sampleEvent } from '#src/catalog';
import type { Operation, Reference, Schema } from './model.ts';

/** A call that can be pasted into a shell: tokens, secrets and ids come from variables. Null: it is for browsers. */
export function curlOf(reference: Reference, operation: Operation): string | null {
  const { id, method, path, caller, parameters } = operation;
  if (!path.startsWith('/') || browsed.has(id)) return null;
  const address =
    reference.server + path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  const query = parameters.find((one) => one.in === 'query' && one.name === 'limit') ? '?limit=20' : '';
  return [
    `curl ${method === 'GET' ? '' : `-X ${method} `}"${address}${query}"`,
    ...credentials[caller.by],
    ...bodyOf(reference, operation),
  ].join(' \\\n  ');
}

const browsed = new Set(['authorize', 'openDevice']);

const credentials = {
  anybody: [],
  client: ['-u "$CLIENT:$SECRET"'],
  registration: ['-H "Authorization: Bearer $REGISTRATION_TOKEN"'],
  token: ['-H "Authorization: Bearer $PATCHBAY_TOKEN"'],
  staff: ['-H "Authorization: Bearer $STAFF_TOKEN"'],
};

function bodyOf(reference: Reference, { id, body }: Operation): string[] {
  if (!body) return [];
  if (body.type !== 'application/json')
    return Object.entries(forms[id] ?? {}).map(([name, value]) => `-d ${name}="${value}"`);
  const data = JSON.stringify(bodies[id] ?? exampleOf(reference, body.schema), null, 2);
  return ["-H 'Content-Type: application/json'", `-d '${data.replaceAll("'", "'\\''")}'`];
}

const forms: Record<string, Record<string, string>> = {
  pushAuthorizationRequest: {
    response_type: 'code',
    redirect_uri: 'https://acme.example/callback',
    scope: 'bookings:read',
    code_challenge: '$CHALLENGE',
    code_challenge_method: 'S256',
  },
  getTokens: {
    grant_type: 'authorization_code',
    code: '$CODE',
    redirect_uri: 'https://acme.example/callback',
    code_verifier: '$VERIFIER',
  },
  beginDevice: { scope: 'bookings:read' },
  giveBackToken: { token: '$REFRESH' },
  introspectToken: { token: '$TOKEN' },
};

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
  registerClient: {
    client_name: 'Acme Sync',
    redirect_uris: ['https://acme.example/callback'],
    scope: 'bookings:read webhooks:manage',
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
