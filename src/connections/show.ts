import * as z from 'zod';
import type { Connector } from '#kit';
import type { Schema } from '#src/store';
import type { ConnectionRow } from './find.ts';

export const shownConnection = z
  .strictObject({
    id: z.string(),
    connector: z.string(),
    state: z.enum(['pending', 'active', 'degraded', 'needs_reauth', 'revoked']),
    state_reason: z
      .string()
      .nullable()
      .describe('The vendor’s word or the hub’s: `invalid_grant`, `missing_scope`.'),
    label: z.string().describe('Whose account it is at the vendor.'),
    tier: z.string(),
    scopes: z.array(z.string()).describe('What the vendor has given.'),
    facts: z.record(z.string(), z.unknown()).describe('What the connector has noted of it. No secret.'),
    intents: z.array(z.string()).describe('What may come in through it.'),
    muted_until: z.string().nullable(),
    checked_at: z.string().nullable().describe('When the vendor was last asked whether all is well.'),
    last_used_at: z.string().nullable(),
    created_at: z.string(),
  })
  .meta({ id: 'Connection' });
export type ShownConnection = z.output<typeof shownConnection>;

export const showConnection = (row: ConnectionRow): ShownConnection => ({
  id: row.id,
  connector: row.connector,
  state: row.state,
  state_reason: row.stateReason,
  label: row.label,
  tier: row.tier,
  scopes: row.scopes,
  facts: row.facts,
  intents: row.intents,
  muted_until: row.mutedUntil?.toISOString() ?? null,
  checked_at: row.checkedAt?.toISOString() ?? null,
  last_used_at: row.lastUsedAt?.toISOString() ?? null,
  created_at: row.createdAt.toISOString(),
});

export const shownConnector = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    summary: z.string(),
    vendor_api: z.string(),
    is_ready: z.boolean().describe('Whether the operator has set up the vendor’s app.'),
    auth: z.enum(['oauth2', 'secret-url']),
    help: z.string().nullable().describe('Of `secret-url`: where to find the address.'),
    tiers: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        summary: z.string(),
        scopes: z.array(z.strictObject({ name: z.string(), why: z.string(), is_optional: z.boolean() })),
        needs: z.array(z.string()).describe('Fields of `endpoint.options` that it does not go without.'),
      }),
    ),
    consumes: z.array(z.string()),
    recall: z.string(),
    form: z
      .array(z.record(z.string(), z.unknown()))
      .describe('The fields of `endpoint.options`, for a form.'),
  })
  .meta({ id: 'Connector' });
export type ShownConnector = z.output<typeof shownConnector>;

export const showConnector = ({ manifest }: Connector, isReady: boolean): ShownConnector => ({
  id: manifest.id,
  name: manifest.name,
  summary: manifest.summary,
  vendor_api: manifest.vendorApi.name,
  is_ready: isReady || manifest.auth.type === 'secret-url',
  auth: manifest.auth.type,
  help: manifest.auth.type === 'secret-url' ? manifest.auth.help : null,
  tiers: manifest.tiers.map(({ id, name, summary, scopes, optionalScopes = [], needs = [] }) => ({
    id,
    name,
    summary,
    scopes: [...scopes, ...optionalScopes].map((scope) => ({
      name: scope,
      why: manifest.scopes[scope]?.why ?? '',
      is_optional: optionalScopes.includes(scope),
    })),
    needs: [...needs],
  })),
  consumes: [...manifest.consumes],
  recall: manifest.recall,
  form: manifest.form.map((field) => ({ ...field })),
});

export const shownCall = z
  .strictObject({
    at: z.string(),
    purpose: z.string(),
    method: z.string(),
    address: z.string().describe('Host and path; a secret address is not shown.'),
    status: z.int().nullable(),
    outcome: z.string(),
    duration_ms: z.int(),
    delivery_id: z.string().nullable(),
  })
  .meta({ id: 'ConnectionCall' });
export type ShownCall = z.output<typeof shownCall>;

export const showCall = (row: Schema['connectionCalls']['$inferSelect']): ShownCall => ({
  at: row.at.toISOString(),
  purpose: row.purpose,
  method: row.method,
  address: row.address,
  status: row.status,
  outcome: row.outcome,
  duration_ms: row.durationMs,
  delivery_id: row.deliveryId,
});

export const shownObject = z
  .strictObject({
    key: z.string().describe('What it is about: `booking:bkg_…`.'),
    kind: z.string(),
    state: z.enum(['making', 'unknown', 'made', 'gone']),
    sequence: z.int().describe('Of the last event that was applied; -1: none yet.'),
    id: z.string().nullable().describe('At the vendor.'),
    url: z.string().nullable(),
    version: z.string().nullable(),
    hash: z.string().nullable().describe('The vendor’s own checksum.'),
    event_id: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'ConnectionObject' });
export type ShownObject = z.output<typeof shownObject>;

export const showObject = (row: Schema['connectionRefs']['$inferSelect']): ShownObject => ({
  key: row.key,
  kind: row.kind,
  state: row.state,
  sequence: row.seq,
  id: row.ref?.id ?? null,
  url: row.ref?.url ?? null,
  version: row.ref?.version ?? null,
  hash: row.ref?.hash ?? null,
  event_id: row.eventId,
  updated_at: row.updatedAt.toISOString(),
});
