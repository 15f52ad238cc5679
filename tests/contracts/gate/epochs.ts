import assert from 'node:assert/strict';
import { askOf, type GateCase, newId, staff, storedToken, until } from './stand.ts';

export const epochCases: GateCase[] = [
  {
    title: 'what was never revoked stands, and a snapshot carries the installation',
    run: async ({ open }) => {
      const gate = await open();
      const snapshot = gate.snapshot({ grant: newId('grt') });
      assert.equal(gate.standing(snapshot), 'valid');
      assert.equal(snapshot.installation?.[0], '');
      assert.equal((await gate.admit(askOf({ epochs: [snapshot] }))).standing, 'valid');
    },
  },
  {
    title: 'a revocation holds for every process’s next call',
    run: async (stand) => {
      const [mine, theirs] = [await stand.open(), await stand.open()];
      const grant = newId('grt');
      const carried = mine.snapshot({ grant });
      assert.equal((await theirs.admit(askOf({ epochs: [carried] }))).standing, 'valid');
      await staff(stand, mine).revoke('grant', grant);
      assert.equal(mine.standing(carried), 'revoked');
      assert.equal((await mine.admit(askOf({ epochs: [carried] }))).standing, 'revoked');
      assert.equal((await theirs.admit(askOf({ epochs: [carried] }))).standing, 'revoked');
      await theirs.freshen();
      assert.equal(theirs.standing(carried), 'revoked');
      assert.equal(theirs.standing(theirs.snapshot({ grant })), 'valid');
    },
  },
  {
    title: 'nobody need ask: what is noted elsewhere reaches the copy by itself',
    isPushed: true,
    run: async (stand) => {
      const [mine, theirs] = [await stand.open(), await stand.open()];
      const grant = newId('grt');
      const carried = mine.snapshot({ grant });
      await staff(stand, mine).revoke('grant', grant);
      await until('standing follows', () => theirs.standing(carried) === 'revoked');
    },
  },
  {
    title: 'a process that starts later knows what was revoked before',
    run: async (stand) => {
      const account = newId('acc');
      const gate = await stand.open();
      const carried = gate.snapshot({ account });
      await staff(stand, gate).revoke('account', account);
      const later = await stand.open();
      assert.equal(later.standing(carried), 'revoked');
    },
  },
  {
    title: 'a value never falls, in whatever order the marks come',
    run: async (stand) => {
      const gate = await stand.open();
      const grant = newId('grt');
      const mark = { level: 'grant', subjectId: grant, suspendedAtMs: null } as const;
      await gate.note([{ ...mark, value: 7, atMs: 70, version: 0 }]);
      await gate.note([{ ...mark, value: 3, atMs: 80, version: 0 }]);
      assert.deepEqual(gate.snapshot({ grant }).grant, [grant, 7]);
    },
  },
  {
    title: 'of two suspensions the later write counts, whichever comes first',
    run: async (stand) => {
      const gate = await stand.open();
      const app = newId('app');
      const snapshot = gate.snapshot({ app });
      const mark = { level: 'app', subjectId: app, value: 0, version: 0 } as const;
      await gate.note([{ ...mark, suspendedAtMs: null, atMs: 20 }]);
      await gate.note([{ ...mark, suspendedAtMs: 10, atMs: 10 }]);
      assert.equal(gate.standing(snapshot), 'valid');
      await gate.note([{ ...mark, suspendedAtMs: 30, atMs: 30 }]);
      assert.equal(gate.standing(snapshot), 'suspended');
    },
  },
  {
    title:
      'a suspension holds everywhere and is lifted everywhere; it revives nothing that was revoked meanwhile',
    run: async (stand) => {
      const [mine, theirs] = [await stand.open(), await stand.open()];
      const [account, grant] = [newId('acc'), newId('grt')];
      const ask = askOf({ epochs: [mine.snapshot({ account }), mine.snapshot({ grant })] });
      await staff(stand, mine).suspend('account', account);
      assert.equal((await theirs.admit(ask)).standing, 'suspended');
      await staff(stand, theirs).unsuspend('account', account);
      assert.equal((await mine.admit(ask)).standing, 'valid');
      await staff(stand, theirs).suspend('account', account);
      await staff(stand, mine).revoke('grant', grant);
      await staff(stand, theirs).unsuspend('account', account);
      assert.equal((await mine.admit(ask)).standing, 'revoked');
      assert.equal((await theirs.admit(ask)).standing, 'revoked');
    },
  },
  {
    title: 'a token that is revoked by itself is refused by every process at once',
    run: async (stand) => {
      const [mine, theirs] = [await stand.open(), await stand.open()];
      const token = await storedToken(stand);
      assert.equal((await theirs.admit(askOf({ token }))).standing, 'valid');
      await staff(stand, mine).revoke('token', token.id);
      assert.equal((await theirs.admit(askOf({ token }))).standing, 'revoked');
      assert.equal((await mine.admit(askOf({ token }))).standing, 'revoked');
      assert.equal((await mine.admit(askOf())).standing, 'valid');
    },
  },
  {
    title: 'what a token made is stopped where it leaked, not where it ended; what was written since goes on',
    run: async (stand) => {
      const [mine, theirs] = [await stand.open(), await stand.open()];
      const [ended, leaked] = [await storedToken(stand), await storedToken(stand)];
      const before = Date.now() - 1;
      await staff(stand, mine).revoke('token', ended.id);
      await staff(stand, mine).revoke('token', leaked.id, 'leaked');
      await theirs.freshen();
      for (const gate of [mine, theirs, await stand.open()]) {
        assert.equal(gate.standing({ maker: [ended.id, before] }), 'valid');
        assert.equal(gate.standing({ maker: [leaked.id, before] }), 'revoked');
        assert.equal(gate.standing({ maker: [leaked.id, Date.now() + 1] }), 'valid');
      }
    },
  },
  {
    title: 'a leak is heard of by itself, too',
    isPushed: true,
    run: async (stand) => {
      const [mine, theirs] = [await stand.open(), await stand.open()];
      const token = await storedToken(stand);
      const carried = { maker: [token.id, Date.now() - 1] as [string, number] };
      await staff(stand, mine).revoke('token', token.id, 'leaked');
      await until('standing follows', () => theirs.standing(carried) === 'revoked');
    },
  },
  {
    title: 'a process that died between the store and its note is heard of all the same',
    isOfSeveral: true,
    run: async (stand) => {
      const theirs = await stand.open();
      const grant = newId('grt');
      const carried = theirs.snapshot({ grant });
      const mute = { ...theirs, note: async () => undefined };
      await staff(stand, mute).revoke('grant', grant);
      await until('the store is read', async () => {
        await theirs.freshen();
        return theirs.standing(carried) === 'revoked';
      });
      assert.equal((await theirs.admit(askOf({ epochs: [carried] }))).standing, 'revoked');
    },
  },
  {
    title: 'the installation’s epoch ends all that was made before it, and nothing that is made after',
    run: async (stand) => {
      const [mine, theirs] = [await stand.open(), await stand.open()];
      const before = theirs.snapshot({ grant: newId('grt') });
      await staff(stand, mine).revoke('installation', 'installation');
      assert.equal((await theirs.admit(askOf({ epochs: [before] }))).standing, 'revoked');
      await theirs.freshen();
      const after = theirs.snapshot({ grant: newId('grt') });
      assert.equal((await mine.admit(askOf({ epochs: [after] }))).standing, 'valid');
    },
  },
];
