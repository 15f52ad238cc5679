import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newToken, revoke } from '../../src/access/index.ts';
import { lookUpToken } from '../../src/leaks/index.ts';
import { type Stand, startStand } from '../oauth/stand.ts';
import { startSink, type Sink } from '../harness/sink.ts';

describe('looking a token up', () => {
  const state = {} as { stand: Stand; sink: Sink };
  beforeAll(async () => {
    [state.stand, state.sink] = await Promise.all([startStand(), startSink()]);
  });
  afterAll(async () => {
    await state.stand.stop();
    await state.sink.close();
  });

  const lookUp = (text: string) => lookUpToken(state.stand.ports, { actor: 'staff:usr_1' }, text);
  const trail = async (subject: string) => {
    const { audit } = state.stand.ports.store.tables;
    const rows = await state.stand.ports.store.db.select().from(audit).where(eq(audit.subject, subject));
    return rows.filter(({ action }) => action === 'token.look_up');
  };

  test('says whose a personal token is, who made it, and what it made; who asked is on record by its id', async () => {
    const { hub } = state.stand;
    const account = await hub.account(['bookings:read', 'webhooks:manage', 'tokens:manage']);
    const wish = { label: 'child', scopes: ['bookings:read'] };
    const child = (await hub.call('POST', '/v1/tokens', account.token, wish)).body;
    const subscription = await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: `${state.sink.origin}/hook` },
      event_types: ['booking.*'],
    });
    expect(await lookUp(`Authorization: Bearer ${account.token}\n`)).toMatchObject({
      result: 'known',
      token: {
        id: account.tokenId,
        kind: 'k',
        account: account.id,
        grant: account.grantId,
        app: null,
        partner: null,
        state: 'live',
        made_by: 'test',
        created: {
          tokens: [child.id],
          subscriptions: [{ id: subscription.body.id, state: 'active', host: '127.0.0.1' }],
        },
      },
    });
    expect(await lookUp(child.token)).toMatchObject({
      token: {
        id: child.id,
        made_by: `token:${account.tokenId}`,
        created: { tokens: [], subscriptions: [] },
      },
    });
    expect(await trail(account.tokenId)).toMatchObject([{ actor: 'staff:usr_1', accountId: account.id }]);
  });

  test('says of an app’s tokens whose app it is, and of each how it stands', async () => {
    const { linked, publicApp, partnerId, account, ports } = state.stand;
    const given = await linked(publicApp);
    expect(await lookUp(given.access_token)).toMatchObject({
      token: { kind: 'a', app: publicApp.clientId, partner: partnerId, account: account.id, state: 'live' },
    });
    const refresh = await lookUp(given.refresh_token);
    expect(refresh).toMatchObject({ token: { kind: 'r', app: publicApp.clientId, state: 'live' } });
    const grant = refresh.result === 'known' ? (refresh.token.grant ?? '') : '';
    await revoke(ports, { level: 'grant', id: grant, reason: 'user', actor: 'test' });
    expect(await lookUp(given.access_token)).toMatchObject({ token: { state: 'revoked', revoked_at: null } });
    const { tokens } = ports.store.tables;
    const other = await linked(publicApp);
    await ports.store.write((db) => [
      db
        .update(tokens)
        .set({ expiresAt: new Date(1_000) })
        .where(eq(tokens.kind, 'a')),
    ]);
    expect(await lookUp(other.access_token)).toMatchObject({ token: { state: 'expired' } });
  });

  test('a token of nobody is unknown, and what is no whole token is malformed', async () => {
    const never = newToken('s', 'live', state.stand.ports.chance).token;
    expect(await lookUp(never)).toEqual({ result: 'unknown' });
    expect(await trail('unknown')).toHaveLength(1);
    for (const text of ['', 'hello', never.slice(0, -1), `${never.slice(0, -1)}!`])
      expect(await lookUp(text)).toEqual({ result: 'malformed' });
  });
});
