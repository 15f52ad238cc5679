import { OpenAPIHono } from '@hono/zod-openapi';
import { scopes } from '#src/catalog';
import { errorCodes } from '#src/errors';
import { hubVersion } from '#src/operate';
import type { ToldRoute } from '#src/wire';
import { publicEntries } from './public-entries.ts';
import { publishEntry } from './publish-entry.ts';
import { routeEntry } from './route-entry.ts';
import { webhookEntry } from './webhook-entry.ts';

export type ApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

/**
 * The whole contract as OpenAPI 3.1, from the very routes that are served. Added by hand are only those that do not
 * go through `mount`: publish, which is parsed without it for speed, and what takes no token.
 */
export function documentOf(routes: readonly ToldRoute[], publicUrl: string): ApiDocument {
  // The library's generator hangs on an app of its own; nobody calls this one.
  const app = new OpenAPIHono();
  const registry = app.openAPIRegistry;
  for (const route of routes) routeEntry(registry, route);
  publishEntry(registry);
  publicEntries(registry);
  webhookEntry(registry);
  registry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'pbk_…',
    description: `An opaque token: personal, of an app, or of a service. Scopes: ${scopeList}.`,
  });
  registry.registerComponent('securitySchemes', 'staffSession', {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-patchbay',
    description: 'A person who is signed in and has a role among the staff.',
  });
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Patchbay',
      version: hubVersion,
      description: introduction,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: publicUrl }],
    tags,
  });
}

const scopeList = Object.keys(scopes)
  .map((scope) => `\`${scope}\``)
  .join(', ');

const introduction = [
  'Publish an event once; it reaches every entitled endpoint, signed, retried and explained.',
  'Send `Authorization: Bearer pbk_…`. Bodies are JSON; unknown fields are refused, not ignored.',
  'Errors are RFC 9457 problem documents (`application/problem+json`) with a `code` of a closed list, a `request_id`, and for a 422 `errors` with JSON pointers.',
  'Lists answer `{"data":[…],"next_cursor":…}`. Reads answer an `ETag`; send it as `If-None-Match` and get a 304 where nothing has changed.',
  'What is read, delivered, filtered and traced is always the same projection: what the scopes reveal at that moment.',
  `Codes: ${Object.keys(errorCodes)
    .map((code) => `\`${code}\``)
    .join(', ')}.`,
].join('\n\n');

/** In the order of the reference. A tag that is missing here would stand last and unexplained: a test looks. */
const tags = [
  { name: 'Events', description: 'Publish, read, and ask why an event was or was not sent.' },
  { name: 'Event types', description: 'What there is, with schemas, scopes and samples.' },
  { name: 'Subscriptions', description: 'Standing wishes to receive some event types at an endpoint.' },
  { name: 'Deliveries', description: 'One event for one subscription, and every attempt at it.' },
  { name: 'Quarantine', description: 'For support: events that were kept and not delivered.' },
  { name: 'Marketplace', description: 'Bookings, RFPs, deliverables and reviews as they stand.' },
  { name: 'Access', description: 'Tokens, grants, and taking them back.' },
  { name: 'Accounts', description: 'For the marketplace core: what becomes of its people.' },
  { name: 'Leaks', description: 'For whoever finds a token of this hub where it should not be. No token.' },
  {
    name: 'Staff',
    description:
      'For people with a role (support, security, ops, finance, legal, platform), by their session or a staff token. Each route names its permission (`x-permission`); a sensitive one takes an elevation. Personal data is masked.',
  },
  { name: 'Operate', description: 'For whoever runs the hub. No token.' },
];
