import { hashToken } from '../../src/access/hash-token.ts';
import { newToken, raiseVersion } from '../../src/access/index.ts';
import type { TestHub } from '../harness/hub.ts';

/** An app that acts for an account: partner, app, consent and token, as the OAuth server would leave them. */
export async function appGrant(
  hub: TestHub,
  accountId: string,
  scopes: string[],
  consent: { history?: boolean; tokenScopes?: string[] } = {},
) {
  const { store, clock, chance, ids, gate } = hub.hub;
  const { partners, apps, grants, tokens, events } = store.tables;
  const [partnerId, appId, grantId] = [ids.newId('ptr'), ids.newId('app'), ids.newId('grt')];
  const { token, locator } = newToken('a', 'live', chance);
  const createdAt = clock.now();
  const epochs = gate.snapshot({ partner: partnerId, app: appId, account: accountId, grant: grantId });
  const rows = await store.db.select({ position: events.position }).from(events);
  await store.write((db) => [
    db.insert(partners).values({ id: partnerId, name: 'Partner', createdAt }),
    db.insert(apps).values({ id: appId, partnerId, name: 'App', createdAt }),
    db.insert(grants).values({
      id: grantId,
      env: 'live',
      accountId,
      userId: null,
      appId,
      partnerId,
      scopes,
      epochs,
      sinceEvent: Math.max(0, ...rows.map((row) => row.position)),
      history: consent.history ?? false,
      createdAt,
    }),
    db.insert(tokens).values({
      id: ids.newId('tok'),
      kind: 'a',
      env: 'live',
      hash: hashToken(hub.hub, token),
      pepperVersion: hub.hub.peppers.current,
      locator,
      label: 'app',
      accountId,
      grantId,
      appId,
      partnerId,
      scopes: consent.tokenScopes ?? scopes,
      epochs,
      createdAt,
    }),
    ...raiseVersion(db, hub.hub, { accountId }),
  ]);
  await hub.hub.directory.freshen();
  return { token, grantId, appId, partnerId };
}
