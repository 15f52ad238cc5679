import { and, eq, gt, inArray } from 'drizzle-orm';
import { isScope, scopes } from '#src/catalog';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Schema } from '#src/store';
import { type Client, findClient } from './clients.ts';
import { issuerOf } from './metadata.ts';
import { standingReview, takesReview } from './scopes.ts';
import { hashesOf } from './secrets.ts';

type Needs = Pick<Ports, 'store' | 'gate' | 'clock' | 'digest' | 'peppers'>;
export type Authorization = Schema['authorizations']['$inferSelect'];

/** What a consent page shows: who asks for what, and for which accounts this person may answer. */
export type Interaction = {
  app: { id: string; name: string; uri: string | null };
  /** Not verified: no abuse and privacy review has passed. The page says so. */
  partner: { id: string; name: string; isVerified: boolean };
  env: 'live' | 'test';
  /** In plain words. `isSensitive`: restricted or writing. */
  scopes: { name: string; reason: string; isSensitive: boolean }[];
  accounts: { id: string; name: string; kind: 'person' | 'organisation' }[];
  /** Where the answer goes. Null: to a device, so the page must ask whether the person has it before them (RFC 8628 §5.4). */
  redirectHost: string | null;
  expiresAt: Date;
};

export const consentUrl = (ports: Pick<Ports, 'settings'>, reference: string): string =>
  `${issuerOf(ports)}/portal/consent?interaction=${reference}`;

/** `interaction` is the reference of the consent URL. 404 where it is none, was decided, or has expired. */
export async function readInteraction(
  ports: Needs,
  interaction: string,
  userId: string,
): Promise<Interaction> {
  const { waiting, client } = await findWaiting(ports, interaction);
  const { store } = ports;
  const { partners } = store.tables;
  const [partner] = await store.db.select().from(partners).where(eq(partners.id, client.partnerId)).limit(1);
  return {
    app: { id: client.appId, name: client.name, uri: client.clientUri },
    partner: {
      id: client.partnerId,
      name: partner?.name ?? '',
      isVerified: (await standingReview(ports, client.partnerId)) !== undefined,
    },
    env: waiting.env,
    scopes: waiting.scopes.map((name) => ({
      name,
      reason: isScope(name) ? scopes[name].description : '',
      isSensitive: takesReview(name),
    })),
    accounts: await accountsOf(ports, userId),
    redirectHost: waiting.redirectUri === null ? null : hostOf(waiting.redirectUri),
    expiresAt: waiting.expiresAt,
  };
}

export async function findWaiting(
  ports: Needs,
  interaction: string,
): Promise<{ waiting: Authorization; client: Client }> {
  const { store, clock } = ports;
  const { authorizations } = store.tables;
  const [waiting] = await store.db
    .select()
    .from(authorizations)
    .where(
      and(
        inArray(authorizations.interactionHash, hashesOf(ports, interaction)),
        eq(authorizations.state, 'waiting'),
        gt(authorizations.expiresAt, clock.now()),
      ),
    )
    .limit(1);
  const client = waiting ? await findClient(ports, waiting.appId) : null;
  if (waiting && client) return { waiting, client };
  throw new PatchbayError('not_found', {
    public: 'This request has been answered, has expired, or was never made. Begin again in the app.',
  });
}

/** The living accounts that the person is a member of. */
export async function accountsOf({ store }: Pick<Ports, 'store'>, userId: string) {
  const { accounts, members } = store.tables;
  return store.db
    .select({ id: accounts.id, name: accounts.name, kind: accounts.kind })
    .from(members)
    .innerJoin(accounts, eq(accounts.id, members.accountId))
    .where(and(eq(members.userId, userId), eq(accounts.status, 'active')))
    .orderBy(accounts.name);
}

/** A scheme of an app's own has no host: then the scheme says whose it is. */
function hostOf(uri: string): string {
  const url = new URL(uri);
  return url.host || url.protocol;
}
