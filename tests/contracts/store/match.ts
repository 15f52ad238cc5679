import { deepEqual } from 'node:assert/strict';
import type { CandidateRow } from '#src/ports';
import { type Case, accountOf, atMs, grantOf, subscriptionOf } from './stand.ts';

export const matchCases: Case[] = [
  {
    title:
      'candidates are the living subscriptions of the living grants of these accounts, an app’s own among them',
    prove: async (stand) => {
      const { store } = stand;
      const t = store.tables;
      const [mine, other] = [accountOf(stand, { status: 'suspended' }), accountOf(stand)];
      const app = stand.name('app');
      const ended = { endedAt: new Date(atMs) };
      const grants = {
        live: grantOf(stand, {
          accountId: mine.id,
          appId: app,
          sinceEvent: 7,
          history: true,
          scopes: ['z', 'a'],
          epochs: { app: [app, 2] },
        }),
        plain: grantOf(stand, { accountId: mine.id }),
        test: grantOf(stand, { accountId: mine.id, appId: app, env: 'test' }),
        ended: grantOf(stand, { accountId: mine.id, appId: app, ...ended }),
        foreign: grantOf(stand, { accountId: other.id }),
      };
      const owned = (grant: { id: string; accountId: string }, over = {}) =>
        subscriptionOf(stand, { grantId: grant.id, accountId: grant.accountId, ...over });
      const subscriptions = {
        live: owned(grants.live, { filter: { b: 1, a: [null] }, provenAt: new Date(atMs), schemaVersion: 2 }),
        paused: owned(grants.plain, { state: 'paused', stateReason: 'asked' }),
        deleted: owned(grants.live, { state: 'deleted' }),
        ended: owned(grants.ended),
        foreign: owned(grants.foreign),
        test: owned(grants.test, { env: 'test' }),
        app: subscriptionOf(stand, { owner: 'app', appId: app }),
        appTest: subscriptionOf(stand, { owner: 'app', appId: app, env: 'test' }),
        appDeleted: subscriptionOf(stand, { owner: 'app', appId: app, state: 'deleted' }),
      };
      await store.write((db) => [
        db.insert(t.accounts).values([mine, other]),
        db.insert(t.grants).values(Object.values(grants)),
        ...Object.values(subscriptions).map((row) => db.insert(t.subscriptions).values(row)),
      ]);

      const found = await store.match('live', [mine.id]);
      const pairs = [
        [subscriptions.live, grants.live],
        [subscriptions.paused, grants.plain],
        [subscriptions.app, grants.live],
      ];
      deepEqual(pairsOf(found), namesOf(pairs));
      const live = found.find((row) => row.subscription.id === subscriptions.live.id);
      deepEqual(live, {
        accountStatus: 'suspended',
        grant: {
          id: grants.live.id,
          accountId: mine.id,
          scopes: ['z', 'a'],
          epochs: { app: [app, 2] },
          sinceEvent: 7,
          history: true,
        },
        subscription: subscriptions.live,
      });
      const tested = await store.match('test', [mine.id, other.id]);
      deepEqual(
        pairsOf(tested),
        namesOf([
          [subscriptions.test, grants.test],
          [subscriptions.appTest, grants.test],
        ]),
      );
      deepEqual((await store.match('live', [mine.id, other.id])).length, 4);
      deepEqual(await store.match('live', []), []);
    },
  },
];

const pairsOf = (rows: CandidateRow[]): string[] =>
  rows.map((row) => `${row.subscription.id} ${row.grant.id}`).sort();
const namesOf = (pairs: { id: string }[][]): string[] =>
  pairs.map((pair) => pair.map((each) => each.id).join(' ')).sort();
