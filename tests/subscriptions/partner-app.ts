import { hashToken } from '../../src/access/hash-token.ts';
import { newToken, raiseVersion } from '../../src/access/index.ts';
import type { EpochLevel } from '../../src/store/index.ts';
import type { TestHub } from '../harness/hub.ts';

/** A partner with an app, written straight into the store: OAuth is another room's. */
export async function partnerApp(hub: TestHub): Promise<{ appId: string; partnerId: string }> {
  const { store, ids, clock } = hub.hub;
  const [partnerId, appId] = [ids.newId('ptr'), ids.newId('app')];
  const createdAt = clock.now();
  await store.write((db) => [
    db.insert(store.tables.partners).values({ id: partnerId, name: partnerId, createdAt }),
    db.insert(store.tables.apps).values({ id: appId, partnerId, name: appId, createdAt }),
  ]);
  return { appId, partnerId };
}

type App = { appId: string; partnerId: string };
const allScopes = ['bookings:read', 'bookings.contact:read', 'reviews:read', 'webhooks:manage'];

/** An account's consent to the app and an access token that proves it; without an account, the app's own token. */
export async function appToken(
  hub: TestHub,
  app: App,
  accountId: string | null,
  scopes: string[] = allScopes,
  over: { history?: boolean; sinceEvent?: number } = {},
): Promise<{ token: string; tokenId: string; grantId: string | null }> {
  const { store, ids, clock, gate, chance, peppers } = hub.hub;
  const grantId = accountId === null ? null : ids.newId('grt');
  const subjects: Partial<Record<EpochLevel, string>> = {
    app: app.appId,
    partner: app.partnerId,
    ...(accountId === null ? {} : { account: accountId }),
    ...(grantId === null ? {} : { grant: grantId }),
  };
  const epochs = gate.snapshot(subjects);
  const { token, locator } = newToken('a', 'live', chance);
  const tokenId = ids.newId('tok');
  const createdAt = clock.now();
  const { grants, tokens } = store.tables;
  await store.write((db) => [
    ...(accountId && grantId
      ? [
          db.insert(grants).values({
            id: grantId,
            env: 'live',
            accountId,
            userId: null,
            ...app,
            scopes,
            epochs,
            sinceEvent: over.sinceEvent ?? 0,
            history: over.history ?? false,
            createdAt,
          }),
          ...raiseVersion(db, hub.hub, { accountId }),
        ]
      : []),
    db.insert(tokens).values({
      id: tokenId,
      kind: 'a',
      env: 'live',
      hash: hashToken(hub.hub, token),
      pepperVersion: peppers.current,
      locator,
      label: 'app',
      accountId,
      userId: null,
      grantId,
      ...app,
      scopes,
      epochs,
      createdAt,
    }),
  ]);
  await hub.hub.directory.freshen();
  return { token, tokenId, grantId };
}
