import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../services/free-port.ts';
import { type RealIssuer, startRealIssuer } from '../sign-in/issuer.ts';
import { createJar, settingsOf, walkIssuer } from '../sign-in/stand.ts';
import { walk } from './journeys.ts';
import { type CanaryStand, startCanaryStand } from './stand.ts';

/** The same for people who come in by the marketplace's own issuer: what it gives the hub is nobody else's. */
describe('no secret of a sign-in at the issuer is where it should not be', () => {
  const state = {} as { stand: CanaryStand; issuer: RealIssuer };
  beforeAll(async () => {
    state.stand = await startCanaryStand(async (hub) => {
      const people = [{ sub: 'ana', name: 'Ana Luna', email: 'ana@example.com', email_verified: true }];
      state.issuer = await startRealIssuer({ port: await freePort(), hub, people });
      return settingsOf(state.issuer, { PATCHBAY_OIDC_CREATE: '1' });
    });
  });
  afterAll(async () => {
    await state.stand.stop();
    await state.issuer.stop();
  });

  test('a sign-in, a code that comes twice, one of somebody else, an issuer that is away', async () => {
    const { stand, issuer } = state;
    stand.learn('client secret at the issuer', issuer.clientSecret);
    const begin = async (name: string) => {
      const jar = createJar(stand.origin);
      const began = await stand.heard(await jar.ask('/portal/sign-in/begin'), 'begin');
      for (const [cookie, value] of jar.cookies) stand.learn(`${cookie} of ${name}`, value, began);
      const way = new URL(began.headers.get('location') ?? '').searchParams;
      stand.learn(`state of ${name}`, way.get('state'), began);
      stand.learn(`nonce of ${name}`, way.get('nonce'), began);
      const back = await walkIssuer(began.headers.get('location') ?? '', 'ana');
      stand.learn(`code of ${name}`, new URL(back, stand.origin).searchParams.get('code'));
      const visit = async (path: string) => stand.heard(await jar.ask(path), `GET ${path.split('?')[0]}`);
      return { jar, back, visit };
    };
    const first = await begin('the first');
    const entered = await first.visit(first.back);
    const session = [...first.jar.cookies].find(([name]) => name === 'patchbay');
    if (session) stand.learn('session', session[1], entered);
    expect(entered.status).toBe(303);
    await first.visit(first.back);
    const second = await begin('the second');
    await first.visit(second.back);
    await second.visit(second.back.replace('state=', 'state=x'));
    const third = await begin('the third');
    await issuer.pause();
    expect((await third.visit(third.back)).status).toBeGreaterThanOrEqual(400);
    await issuer.start();
    const cookie = [...first.jar.cookies].map((pair) => pair.join('=')).join('; ');
    await walk(stand, cookie, ['/portal'], 30);
  });

  test('nothing of it is found', async () => {
    const { stand } = state;
    expect(stand.detector.names().length).toBeGreaterThan(10);
    expect(stand.leaks(stand.files())).toEqual([]);
  });
});
