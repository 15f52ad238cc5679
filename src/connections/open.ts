/** A connection, opened for some calls: the connector's own view of it (`ConnectorCtx`). */
import type { Connector, ConnectorCtx, Facts } from '#kit';
import type { Ports } from '#src/context';
import { and, eq } from 'drizzle-orm';
import { type Credential, readCredential } from './credential.ts';
import { type ConnectionRow, isAsRead } from './find.ts';
import { freshCredential } from './refresh.ts';
import { inboundSecretOf, inboundUrlOf } from './inbound-address.ts';
import type { VendorLimits } from './limits.ts';
import { callVendor } from './vendor-call.ts';

export type Needs = Pick<
  Ports,
  | 'store'
  | 'vault'
  | 'http'
  | 'clock'
  | 'ids'
  | 'connectors'
  | 'settings'
  | 'log'
  | 'meter'
  | 'gate'
  | 'directory'
  | 'queue'
  | 'digest'
  | 'chance'
  | 'peppers'
>;

export type Opened = {
  ctx: ConnectorCtx;
  /** After a vendor has refused the credential: another one for the same ctx, or why there is none. */
  renew(): Promise<{ ok: true } | { ok: false; kind: 'reconnect' | 'later'; code: string }>;
};
export type Why = { ok: false; kind: 'reconnect' | 'later'; code: string };

export type OpenOptions = {
  limits: VendorLimits;
  purpose: string;
  deliveryId?: string;
  options?: unknown;
  /** Of `manifest.approvals`. */
  isApproved?: boolean;
  /** The op's key, whose note `saved` and `save` are. */
  key?: string;
};

export async function openConnection(
  ports: Needs,
  connector: Connector,
  row: ConnectionRow,
  options: OpenOptions,
): Promise<(Opened & { ok: true }) | Why> {
  // Also what is done without being asked: health, changes, a token kept alive.
  if (ports.gate.standing(row.epochs) !== 'valid') return { ok: false, kind: 'later', code: 'access_ended' };
  const first = await credentialFor(ports, connector, row);
  if (!first.ok) return first;
  const held = { credential: first.credential, version: first.version };
  return {
    ok: true,
    ctx: contextOf(ports, connector, row, held, options),
    renew: async () => {
      if (connector.manifest.auth.type !== 'oauth2') return { ok: false, kind: 'reconnect', code: 'refused' };
      const next = await freshCredential(ports, row, connector.manifest.auth, held.version);
      if (next.ok) Object.assign(held, { credential: next.credential, version: next.version });
      return next.ok ? { ok: true } : next;
    },
  };
}

/** The connector's view by this credential, whether or not it is the one that is kept. */
export function contextOf(
  ports: Needs,
  connector: Connector,
  row: ConnectionRow,
  held: { readonly credential: Credential },
  options: OpenOptions,
): ConnectorCtx {
  const untilMs = ports.clock.ms() + ports.settings.attemptDeadlineMs * 2;
  return {
    fetch: (url, init) =>
      callVendor(
        {
          ports,
          connector,
          row,
          credential: held.credential,
          limits: options.limits,
          purpose: options.purpose,
          deliveryId: options.deliveryId ?? null,
          untilMs,
        },
        url,
        init,
      ),
    connectionId: row.id,
    options: options.options ?? {},
    facts: row.facts,
    scopes: new Set(row.scopes),
    approved: new Set(options.isApproved ? Object.keys(connector.manifest.approvals ?? {}) : []),
    now: () => ports.clock.now(),
    ref: async (key) => (await readRef(ports, row.id, key))?.ref ?? undefined,
    saved: async () =>
      options.key === undefined
        ? undefined
        : ((await readRef(ports, row.id, options.key))?.note ?? undefined),
    save: (note) => saveNote(ports, row.id, options.key, note),
    learn: (facts) => keepFacts(ports, row, facts),
    link: (path) => new URL(path, ports.settings.publicUrl).href,
    inboundUrl: inboundUrlOf(ports, connector, row.id),
    inboundSecret: inboundSecretOf(ports, row.id),
  };
}

async function credentialFor(
  ports: Needs,
  connector: Connector,
  row: ConnectionRow,
): Promise<{ ok: true; credential: Credential; version: number } | Why> {
  const { auth } = connector.manifest;
  if (auth.type === 'oauth2') return freshCredential(ports, row, auth);
  const stored = await readCredential(ports, row.id);
  return stored
    ? { ok: true, credential: stored.credential, version: stored.version }
    : { ok: false, kind: 'reconnect', code: 'shredded' };
}

export const refId = (connectionId: string, key: string): string => `${connectionId} ${key}`;

export async function readRef({ store }: Pick<Ports, 'store'>, connectionId: string, key: string) {
  const { connectionRefs } = store.tables;
  const [row] = await store.db
    .select()
    .from(connectionRefs)
    .where(eq(connectionRefs.id, refId(connectionId, key)))
    .limit(1);
  return row ?? null;
}

/** Only over what was read: who has linked it anew meanwhile knows better. */
async function keepFacts(ports: Needs, row: ConnectionRow, facts: Facts): Promise<void> {
  const { connections } = ports.store.tables;
  await ports.store.write((db) => [
    db
      .update(connections)
      .set({ facts: { ...row.facts, ...facts }, updatedAt: ports.clock.now() })
      .where(isAsRead(ports, row)),
  ]);
}

async function saveNote(
  { store, clock }: Needs,
  connectionId: string,
  key: string | undefined,
  note: unknown,
) {
  if (key === undefined) return;
  const { connectionRefs } = store.tables;
  await store.write((db) => [
    db
      .update(connectionRefs)
      .set({ note, updatedAt: clock.now() })
      .where(
        and(eq(connectionRefs.id, refId(connectionId, key)), eq(connectionRefs.connectionId, connectionId)),
      ),
  ]);
}
