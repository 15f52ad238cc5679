import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read } from '../docs/read-docs.ts';
import { type Client, type Seen, type Stand, startStand, verifier } from './stand.ts';

const runs = 5;
type Tokens = { access_token: string; refresh_token: string };
/** What each of the two holds in the end; the thief perhaps nothing. */
type End = { owner: Tokens; thief?: Seen };
type Party = { refresh(token: string): Promise<Seen> };
type Scene = { stand: Stand; client: Client; owner: Party; thief: Party; first: Tokens };

const tokensOf = ({ body }: Seen): Tokens => body as Tokens;

const scenes: { what: string; play(scene: Scene): Promise<End> }[] = [
  {
    what: 'twenty workers refresh at once',
    play: async ({ owner, first }) => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => owner.refresh(first.refresh_token)));
      return { owner: tokensOf(answers.at(-1)!) };
    },
  },
  {
    what: 'the answer is lost, and asked for again',
    play: async ({ owner, first }) => {
      await owner.refresh(first.refresh_token);
      return { owner: tokensOf(await owner.refresh(first.refresh_token)) };
    },
  },
  {
    what: 'the answer is lost, asked for again on the road, then at home',
    play: async ({ owner, thief: road, first }) => {
      await owner.refresh(first.refresh_token);
      await road.refresh(first.refresh_token);
      return { owner: tokensOf(await owner.refresh(first.refresh_token)) };
    },
  },
  {
    what: 'a thief comes after the owner, whose successor is in use',
    play: async ({ owner, thief, first }) => {
      const second = tokensOf(await owner.refresh(first.refresh_token));
      const third = tokensOf(await owner.refresh(second.refresh_token));
      return { owner: third, thief: await thief.refresh(first.refresh_token) };
    },
  },
  {
    what: 'a thief comes after the owner, later than a minute',
    play: async ({ stand, client, owner, thief, first }) => {
      const second = tokensOf(await owner.refresh(first.refresh_token));
      await age(stand, client);
      return { owner: second, thief: await thief.refresh(first.refresh_token) };
    },
  },
  {
    what: 'a thief comes first, and goes on; then the owner',
    play: async ({ owner, thief, first }) => {
      const stolen = await thief.refresh(first.refresh_token);
      const more = await thief.refresh(tokensOf(stolen).refresh_token);
      await owner.refresh(first.refresh_token);
      return { owner: first, thief: more };
    },
  },
  {
    what: 'a thief with the old token from another network, within the minute',
    play: async ({ owner, thief, first }) => {
      const second = tokensOf(await owner.refresh(first.refresh_token));
      return { owner: second, thief: await thief.refresh(first.refresh_token) };
    },
  },
  {
    what: 'a thief who is another client',
    play: async ({ stand, first }) => {
      const stolen = await stand.refresh(await stand.app(), first.refresh_token);
      return { owner: first, thief: stolen };
    },
  },
  {
    what: 'a thief with the code and its verifier, after the owner',
    play: async ({ stand, client }) => {
      const code = await stand.codeFor(client);
      const mine = tokensOf(await stand.redeem(client, code, {}, at.home));
      return { owner: mine, thief: await stand.redeem(client, code, {}, at.abroad) };
    },
  },
  {
    what: 'a thief with the code alone, before the owner',
    play: async ({ stand, client }) => {
      const code = await stand.codeFor(client);
      const wrong = `${verifier.slice(1)}x`;
      const stolen = await stand.redeem(client, code, { code_verifier: wrong }, at.abroad);
      return { owner: tokensOf(await stand.redeem(client, code, {}, at.home)), thief: stolen };
    },
  },
];

const at = {
  home: { 'x-forwarded-for': '198.51.100.7' },
  abroad: { 'x-forwarded-for': '203.0.113.9' },
};

/** Every refresh token of the app that was superseded looks as if that had been longer ago than a retry may be. */
async function age({ ports: { store } }: Stand, { clientId }: Client): Promise<void> {
  const { refreshes, tokens } = store.tables;
  const rows = await store.db
    .select({ id: refreshes.id, supersededAt: refreshes.supersededAt })
    .from(refreshes)
    .innerJoin(tokens, eq(tokens.id, refreshes.id))
    .where(eq(tokens.appId, clientId));
  for (const { id, supersededAt } of rows)
    if (supersededAt)
      await store.write((db) => [
        db
          .update(refreshes)
          .set({ supersededAt: new Date(supersededAt.getTime() - 61_000) })
          .where(eq(refreshes.id, id)),
      ]);
}

/** Honest clients survive, and thieves are noticed or get nothing: the table of docs/oauth.md is this test's. */
describe('survival of honest clients against detection of thieves', { timeout: 120_000 }, () => {
  const on = {} as { stand: Stand };
  beforeAll(async () => void (on.stand = await startStand({ PATCHBAY_PROXY_HOPS: '1' })));
  afterAll(() => on.stand.stop());

  async function play({ play: run }: (typeof scenes)[number]) {
    const { stand } = on;
    const client = await stand.app();
    const party = (headers: Record<string, string>): Party => ({
      refresh: (token) => stand.refresh(client, token, {}, headers),
    });
    const code = await stand.codeFor(client);
    const first = tokensOf(await stand.redeem(client, code, {}, at.home));
    const { owner, thief } = await run({
      stand,
      client,
      owner: party(at.home),
      thief: party(at.abroad),
      first,
    });
    const grants = (await stand.grants()).filter(({ appId }) => appId === client.clientId);
    const mine = new Set(grants.map(({ id }) => `grant:${id}`));
    const works = async (token: string | undefined) =>
      token !== undefined && (await stand.me(token)).status === 200;
    const stolen = thief && tokensOf(thief);
    const isNoticed = (await stand.cases()).some(({ subject }) => mine.has(subject));
    const thiefHas = (await works(stolen?.access_token)) && stolen?.access_token !== owner.access_token;
    const goesOn =
      (await works(owner.access_token)) && (await party(at.home).refresh(owner.refresh_token)).status === 200;
    return { goesOn, isNoticed, thiefHas, isTheft: thief !== undefined };
  }

  test('is as docs/oauth.md says', async () => {
    const lines = [
      '| what happens | the honest client goes on | the theft is noticed | the thief has access |',
      '|---|---|---|---|',
    ];
    for (const scene of scenes) {
      const found: Awaited<ReturnType<typeof play>>[] = [];
      for (let run = 0; run < runs; run += 1) found.push(await play(scene));
      const of = (name: 'goesOn' | 'isNoticed' | 'thiefHas') =>
        `${found.filter((one) => one[name]).length} of ${runs}`;
      const isTheft = found[0]!.isTheft;
      lines.push(
        `| ${scene.what} | ${of('goesOn')} | ${isTheft ? of('isNoticed') : '–'} | ${isTheft ? of('thiefHas') : '–'} |`,
      );
      // Whoever stole something that works is noticed, every time; and whoever stole nothing stops nobody.
      for (const { goesOn, isNoticed, thiefHas } of found) {
        expect(thiefHas, scene.what).toBe(false);
        expect(goesOn, scene.what).toBe(!isNoticed);
      }
    }
    expect(read('docs/oauth.md')).toContain(lines.join('\n'));
  });
});
