import { afterEach, describe, expect, test } from 'vitest';
import { startTestHub, type TestHub } from '../harness/hub.ts';
import { startStand } from '../oauth/stand.ts';

type Turned = { status: number; headers: Headers; body: any };
const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const scopes = ['bookings:read', 'rfps:create', 'webhooks:manage'];
const hubWith = async (environment: Record<string, string>) => {
  const hub = await startTestHub(environment);
  open.push(() => hub.stopAndForget());
  return { hub, token: (await hub.account(scopes)).token };
};
const subscribe = (hub: TestHub, token: string, n: number) =>
  hub.call('POST', '/v1/hooks', token, { targetUrl: `https://example.com/${n}`, event: 'booking.*' });
const wish = { title: 'Autumn lookbook', brief: 'Two models.', roles: ['model'], city: 'houston' };

/** The first answer that is no success: bounded, so that a cap that does not hold fails. */
async function turnedAway(call: (n: number) => Promise<Turned>): Promise<Turned> {
  for (let n = 0; n < 400; n++) {
    const answer = await call(n);
    if (answer.status === 429) return answer;
  }
  throw new Error('nothing was turned away');
}

/** Zapier waits as long as the whole number of seconds says (`parseInt`); without one the Zap fails. */
const expectWait = ({ headers }: Turned) => expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);

describe('429 says in whole seconds when to come again, wherever a Zap may meet it [S2-18]', () => {
  test.each([
    ['calls of a token', { PATCHBAY_TOKEN_UNITS_PER_MINUTE: '7' }, 'quota_exceeded'],
    ['calls of a grant', { PATCHBAY_GRANT_UNITS_PER_MINUTE: '7' }, 'quota_exceeded'],
    ['calls of a day', { PATCHBAY_UNITS_PER_DAY: '7' }, 'quota_exceeded'],
  ])('%s', async (_, environment, code) => {
    const { hub, token } = await hubWith(environment);
    const answer = await turnedAway(() => hub.call('GET', '/v1/me', token));
    expect(answer.body.code).toBe(code);
    expectWait(answer);
  });

  test('subscribing too often, and more hooks than an account may have', async () => {
    const { hub, token } = await hubWith({ PATCHBAY_CREATES_PER_MINUTE: '1' });
    expectWait(await turnedAway((n) => subscribe(hub, token, n)));
    const other = await hubWith({});
    Object.assign(other.hub.hub.settings, { maxSubscriptionsPerAccount: 2 });
    const full = await turnedAway((n) => subscribe(other.hub, other.token, n));
    expect(full.body.code).toBe('limit_reached');
    expectWait(full);
  });

  test('RFPs past the hour', async () => {
    const { hub, token } = await hubWith({ PATCHBAY_INTENTS_PER_HOUR: '2' });
    const ask = (n: number) => hub.call('POST', '/v1/rfps', token, { ...wish, external_ref: `row-${n}` });
    expectWait(await turnedAway(ask));
  });

  test('a Zap that goes on through refusals, and an address with tokens that are none', async () => {
    const { hub, token } = await hubWith({
      PATCHBAY_TOKEN_UNITS_PER_MINUTE: '7',
      PATCHBAY_MAX_REFUSED_CALLS: '3',
      PATCHBAY_BAD_TOKENS_PER_ADDRESS: '3',
    });
    const isBlocked = async (): Promise<Turned> => {
      const answer = await hub.call('GET', '/v1/me', token);
      return answer.body.code === 'abnormal_usage' ? answer : { ...answer, status: 0 };
    };
    expectWait(await turnedAway(isBlocked));
    expectWait(await turnedAway(() => hub.call('GET', '/v1/me', 'pbk_al_nonsense')));
  });

  test('tokens: too many requests of an app, too many that live', async () => {
    const stand = await startStand({ PATCHBAY_TOKEN_REQUESTS_PER_HOUR: '2' });
    open.push(() => stand.stop());
    const { refresh_token: first } = await stand.linked(stand.confidentialApp);
    expectWait(await turnedAway(() => stand.refresh(stand.confidentialApp, first)));

    const roomy = await startStand();
    open.push(() => roomy.stop());
    Object.assign(roomy.ports.settings, { maxLiveAccessTokens: 2 });
    const { refresh_token: second } = await roomy.linked(roomy.confidentialApp);
    expectWait(await turnedAway(() => roomy.refresh(roomy.confidentialApp, second)));
  });
});
