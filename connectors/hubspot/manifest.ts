import type { Manifest } from '#kit';
import { apiVersion } from './api.ts';
import { form, options, type Options } from './options.ts';
import type { Kind } from './plan.ts';
import { toleranceSeconds } from './receive.ts';

const schemas = 'crm.schemas.deals.write';

export const manifest: Manifest<Options, Kind> = {
  id: 'hubspot',
  name: 'HubSpot',
  summary: 'Each RFP is a deal in your pipeline, and moves with it.',
  version: '1.1.0',
  // Out since 8 September 2026, supported for eighteen months.
  vendorApi: { name: `HubSpot ${apiVersion}`, endsAt: '2028-03-08' },
  auth: {
    type: 'oauth2',
    authorizeUrl: 'https://app.hubspot.com/oauth/authorize',
    tokenUrl: `https://api.hubapi.com/oauth/${apiVersion}/token`,
    // HubSpot does not document a challenge for apps with a secret.
    pkce: false,
    clientAuth: 'body',
    scopeSeparator: ' ',
    refresh: { rotates: false },
    revoke: { url: `https://api.hubapi.com/oauth/${apiVersion}/token/revoke`, credential: 'form' },
  },
  tiers: [
    {
      id: 'crm',
      name: 'Deals and contacts',
      summary: 'RFPs become deals; who agreed to be written to becomes the contact of the deal.',
      scopes: [
        'oauth',
        'crm.objects.deals.read',
        'crm.objects.deals.write',
        'crm.objects.contacts.read',
        'crm.objects.contacts.write',
      ],
      optionalScopes: [schemas],
    },
  ],
  scopes: {
    oauth: { why: 'HubSpot asks it of every app.', kinds: ['health'] },
    'crm.objects.deals.read': {
      why: 'Your pipelines and properties to choose from, and whether a deal is there after a call that nobody answered.',
      kinds: ['deal', 'health', 'inbound'],
    },
    'crm.objects.deals.write': {
      why: 'Makes a deal of an RFP and moves it.',
      kinds: ['deal', 'association'],
    },
    'crm.objects.contacts.read': {
      why: 'Whether a contact is there after a call that nobody answered. HubSpot tells of moved deals only with it.',
      kinds: ['contact', 'association', 'inbound'],
    },
    'crm.objects.contacts.write': {
      why: 'Makes a contact of who asks, if they agreed to it, and ties it to the deal.',
      kinds: ['contact', 'association'],
    },
    [schemas]: {
      why: 'Makes the one property that deals are known by. Without it an admin does that by hand, once.',
      kinds: ['set-up'],
    },
  },
  hosts: ['api.hubapi.com'],
  consumes: [
    'rfp.created',
    'rfp.broadcast',
    'rfp.quoted',
    'rfp.awarded',
    'rfp.withdrawn',
    'rfp.closed',
    'integration.test',
  ],
  test: 'a test deal in the stage of a new RFP',
  options,
  form,
  // 110 in ten seconds for each app and account.
  limits: [{ per: 'connection', tokens: 110, windowMs: 10_000 }],
  idempotency: { deal: 'upsert-key', contact: 'upsert-key', association: 'upsert-key' },
  recall:
    'A withdrawn RFP moves its deal to the stage that you chose for it. Taking everything back moves the deals to HubSpot’s recycle bin, where an admin can restore them for 90 days. Contacts stay: they may have been yours before.',
  inbound: { of: 'app', toleranceSeconds, intents: ['rfp.stage'] },
};
