import { OpenAPIHono } from '@hono/zod-openapi';
import { errorCodes } from '#src/errors';
import { hubVersion } from '#src/operate';
import type { ToldRoute } from '#src/wire';
import { githubLeakEntry } from './github-leak-entry.ts';
import { inboundEntries } from './inbound-entry.ts';
import { oauthEntries } from './oauth-entries.ts';
import { publicEntries } from './public-entries.ts';
import { publishEntry } from './publish-entry.ts';
import { routeEntry } from './route-entry.ts';
import { securitySchemes } from './security.ts';
import { webhookEntry } from './webhook-entry.ts';

export type ApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

/**
 * The whole contract as OpenAPI 3.1, from the very routes that are served. Added by hand are only those that do not
 * go through `mount`: publish, which is parsed without it for speed; OAuth, whose forms are not ours; what takes no token.
 */
export function documentOf(routes: readonly ToldRoute[], publicUrl: string): ApiDocument {
  // The library's generator hangs on an app of its own; nobody calls this one.
  const app = new OpenAPIHono();
  const registry = app.openAPIRegistry;
  for (const route of routes) routeEntry(registry, route);
  publishEntry(registry);
  oauthEntries(registry);
  githubLeakEntry(registry);
  inboundEntries(registry);
  publicEntries(registry);
  webhookEntry(registry);
  securitySchemes(registry, publicUrl);
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
  {
    name: 'Hooks',
    description: 'Subscriptions as Zapier and its like make them: REST hooks (resthooks.org).',
  },
  { name: 'Deliveries', description: 'One event for one subscription, and every attempt at it.' },
  { name: 'Quarantine', description: 'For support: events that were kept and not delivered.' },
  { name: 'Marketplace', description: 'Bookings, RFPs, deliverables and reviews as they stand.' },
  { name: 'RFPs', description: 'Asking for quotes, and what became of the asking.' },
  {
    name: 'Intents',
    description: 'For the marketplace core: what partners and connectors ask for, and its answers.',
  },
  {
    name: 'Connections',
    description:
      'Accounts of vendors (Slack, Google, HubSpot …), what goes through them, and taking it back.',
  },
  {
    name: 'Calendar feeds',
    description:
      'Bookings as a calendar that Apple, Outlook, Google and every other program can subscribe to.',
  },
  {
    name: 'OAuth',
    description:
      'How an app gets a token to act for people, and gives it back. Forms, not JSON; errors have the form of RFC 6749. Everything is found at `/.well-known/oauth-authorization-server`.',
  },
  { name: 'Access', description: 'Tokens, grants, and taking them back.' },
  { name: 'Accounts', description: 'For the marketplace core: what becomes of its people.' },
  { name: 'Leaks', description: 'For whoever finds a token of this hub where it should not be. No token.' },
  {
    name: 'Staff',
    description:
      'For people with a role (support, security, ops, finance, legal, platform), by their session or a staff token. Each route names its permission (`x-permission`); a sensitive one takes an elevation. Personal data is masked.',
  },
  {
    name: 'Revocations',
    description: 'For staff: what would stop, stopping it in one step, and its receipts.',
  },
  { name: 'Suspensions', description: 'For staff: the form of a revocation that can be taken back.' },
  {
    name: 'Approvals',
    description: 'For staff: subscriptions that wait to be looked at, and which have to.',
  },
  { name: 'Operate', description: 'For whoever runs the hub. No token.' },
];
