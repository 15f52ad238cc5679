import { eq } from 'drizzle-orm';
import { hashToken, newToken } from '#src/access';
import { recordAudit } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Db } from '#src/ports';

type Needs = Pick<Ports, 'store' | 'clock' | 'chance' | 'ids' | 'digest' | 'peppers' | 'gate'>;

/**
 * A secret that is shown once: of an app (its client secret) or of a partner (its registration token). A row of `tokens`
 * like any other, of kind `c`, so that revoking a token, an app or a partner ends it too.
 */
export async function issueCredential(
  ports: Needs,
  by: string,
  about: { partnerId: string; appId: string | null; env: 'live' | 'test'; label: string },
): Promise<string> {
  const { token, statement, auditRow } = await credential(ports, by, about);
  await ports.store.write((db) => [statement(db), auditRow(db)]);
  return token;
}

/** The same as statements, for a write that makes more than this. */
export async function credential(ports: Needs, by: string, about: Parameters<typeof issueCredential>[2]) {
  const { store, clock, chance, ids, peppers, gate } = ports;
  await gate.freshen();
  const { token, locator } = newToken('c', about.env, chance);
  const id = ids.newId('tok');
  const subjects = { partner: about.partnerId, ...(about.appId === null ? {} : { app: about.appId }) };
  const row = {
    id,
    kind: 'c' as const,
    hash: hashToken(ports, token),
    pepperVersion: peppers.current,
    locator,
    ...about,
    scopes: [],
    epochs: gate.snapshot(subjects),
    createdAt: clock.now(),
  };
  return {
    token,
    statement: (db: Db) => db.insert(store.tables.tokens).values(row),
    auditRow: (db: Db) =>
      recordAudit(db, ports, {
        actor: by,
        action: 'token.create',
        subject: id,
        detail: { kind: 'c', app: about.appId, partner: about.partnerId },
      }),
  };
}

/** A second secret of an app, so that the first can be taken away without a gap. 404, or 409 where it uses none. */
export async function addClientSecret(ports: Needs, by: string, appId: string): Promise<string> {
  const { clients } = ports.store.tables;
  const [client] = await ports.store.db.select().from(clients).where(eq(clients.appId, appId)).limit(1);
  if (!client) throw new PatchbayError('not_found', { public: `There is no app ${appId}.` });
  if (!usesSecret(client.authMethods))
    throw new PatchbayError('state_conflict', { public: 'This app does not authenticate with a secret.' });
  const { partnerId, env } = client;
  return issueCredential(ports, by, { partnerId, appId, env, label: 'client secret' });
}

export const usesSecret = (methods: readonly string[]): boolean =>
  methods.includes('client_secret_basic') || methods.includes('client_secret_post');
