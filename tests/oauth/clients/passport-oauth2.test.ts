import OAuth2Strategy from 'passport-oauth2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, redirectUri, scope, type Stand, startStand } from '../stand.ts';

type Outcome =
  | { kind: 'redirect'; url: string }
  | { kind: 'success'; user: any }
  | { kind: 'fail'; why: unknown };

/** The whole way with passport-oauth2 as Express drives it: one strategy, a session, two requests. */
describe('passport-oauth2', () => {
  const state = {} as { stand: Stand };
  beforeAll(async () => {
    state.stand = await startStand();
  });
  afterAll(() => state.stand.stop());

  const strategyOf = ({ clientId, secret }: Client) =>
    new OAuth2Strategy(
      {
        authorizationURL: `${state.stand.issuer}/oauth/authorize`,
        tokenURL: `${state.stand.issuer}/oauth/token`,
        clientID: clientId,
        clientSecret: secret,
        callbackURL: redirectUri,
        scope: scope.split(' '),
        state: true,
        pkce: true,
      },
      (
        accessToken: string,
        refreshToken: string,
        _profile: unknown,
        done: (error: null, user: object) => void,
      ) => done(null, { accessToken, refreshToken }),
    );

  /** What passport does around a strategy. */
  const drive = (strategy: any, query: object, session: object): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      const one = Object.assign(Object.create(strategy), {
        redirect: (url: string) => resolve({ kind: 'redirect', url }),
        success: (user: unknown) => resolve({ kind: 'success', user }),
        fail: (why: unknown) => resolve({ kind: 'fail', why }),
        error: reject,
      });
      one.authenticate({ query, session, headers: {} }, {});
    });

  test('sign-in with state and PKCE, the token works', async () => {
    const { confidentialApp, consent, me, send } = state.stand;
    const [strategy, session] = [strategyOf(confidentialApp), {}];
    const begun = await drive(strategy, {}, session);
    const url = new URL(begun.kind === 'redirect' ? begun.url : '');
    const back = await consent((await send(url.pathname + url.search)).location);
    const ended = await drive(strategy, Object.fromEntries(back.searchParams), session);
    expect(ended.kind).toBe('success');
    const { accessToken, refreshToken } = ended.kind === 'success' ? ended.user : {};
    expect((await me(accessToken)).status).toBe(200);
    expect((await state.stand.refresh(confidentialApp, refreshToken)).status).toBe(200);
  });

  test('a denial is a failure that the app can show', async () => {
    const { confidentialApp, consent, send, userId } = state.stand;
    const [strategy, session] = [strategyOf(confidentialApp), {}];
    const begun = await drive(strategy, {}, session);
    const url = new URL(begun.kind === 'redirect' ? begun.url : '');
    const back = await consent((await send(url.pathname + url.search)).location, { kind: 'denied', userId });
    expect(await drive(strategy, Object.fromEntries(back.searchParams), session)).toMatchObject({
      kind: 'fail',
    });
  });
});
