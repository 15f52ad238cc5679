import { eq, sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeWith } from '../services/describe.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';
import { redisStand, type RedisStand } from './gate/redis-stand.ts';
import { askOf, capOf, newId, staff, storedToken, until } from './gate/stand.ts';

await describeWith('postgres', 'a gate whose Redis fails', (postgres) => {
  const on: { redis?: RedisServer; stand?: RedisStand } = {};
  const redis = () => on.redis!;
  const stand = () => on.stand!;
  beforeEach(async () => {
    on.redis = await startRedis();
    on.stand = await redisStand(postgres.url, on.redis.url);
  });
  afterEach(async () => {
    redis().thaw();
    await stand().close();
    await redis().stop();
  });
  const emptied = async () => {
    const client = new Redis(redis().url);
    await client.flushall();
    client.disconnect();
  };
  const trustedAgain = () =>
    until('Redis is trusted again', () =>
      stand().log.lines.some((line) => line.includes('gate.redis_trusted')),
    );

  /** A grant and a token, revoked by another process. */
  async function revokedBy(gate: Awaited<ReturnType<RedisStand['open']>>) {
    const grant = newId('grt');
    const token = await storedToken(stand());
    const ask = askOf({ epochs: [gate.snapshot({ grant })], caps: [capOf(1_000_000)] });
    return { grant, token, byGrant: ask, byToken: { ...ask, epochs: [], token } };
  }

  test('a process that starts against an empty Redis refuses what was revoked before', async () => {
    const first = await stand().open();
    const { grant, byGrant } = await revokedBy(first);
    await staff(stand(), first).revoke('grant', grant);
    await first.close();
    await emptied();
    const second = await stand().open();
    expect(second.standing(...byGrant.epochs)).toBe('revoked');
    expect((await second.admit(byGrant)).standing).toBe('revoked');
  });

  test('a Redis that is emptied under a running process opens nothing, not for one call', async () => {
    const [mine, theirs] = [await stand().open(), await stand().open()];
    const { grant, token, byGrant, byToken } = await revokedBy(mine);
    await theirs.admit(byToken);
    const generation = theirs.generation();
    await staff(stand(), mine).revoke('grant', grant);
    await staff(stand(), mine).revoke('token', token.id);
    await redis().kill();
    expect((await theirs.admit(byGrant)).standing).toBe('revoked');
    expect((await theirs.admit(byToken)).standing).toBe('revoked');
    await redis().start();
    await until('it was filled anew', async () => {
      expect((await theirs.admit(byGrant)).standing).toBe('revoked');
      return theirs.generation() !== generation;
    });
    // What was remembered before is read anew: the new Redis has no mark of the token, its row has.
    expect(theirs.generation()).not.toBe(generation);
    expect((await theirs.admit(byGrant)).standing).toBe('revoked');
    expect((await theirs.admit(askOf())).standing).toBe('valid');
  });

  test('FLUSHALL is noticed by the next call', async () => {
    const [mine, theirs] = [await stand().open(), await stand().open()];
    const { grant, byGrant } = await revokedBy(mine);
    await staff(stand(), mine).revoke('grant', grant);
    await emptied();
    const third = { ...byGrant };
    expect((await theirs.admit(third)).standing).toBe('revoked');
    await trustedAgain();
    expect((await theirs.admit(third)).standing).toBe('revoked');
  });

  test('while Redis hangs the database answers, and what is revoked then holds before and after it wakes', async () => {
    const [mine, theirs] = [await stand().open(), await stand().open()];
    const { grant, token, byGrant, byToken } = await revokedBy(mine);
    expect((await theirs.admit(byToken)).standing).toBe('valid');
    redis().freeze();
    expect((await theirs.admit(byToken)).standing).toBe('valid');
    await staff(stand(), mine).revoke('grant', grant);
    await staff(stand(), mine).revoke('token', token.id);
    expect((await theirs.admit(byGrant)).standing).toBe('revoked');
    expect((await theirs.admit(byToken)).standing).toBe('revoked');
    redis().thaw();
    await trustedAgain();
    expect((await theirs.admit(byGrant)).standing).toBe('revoked');
    expect((await theirs.admit(byToken)).standing).toBe('revoked');
  });

  test('caps hold while Redis hangs', async () => {
    const gates = [await stand().open(), await stand().open()];
    redis().freeze();
    const cap = capOf(10);
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => gates[i % 2]!.admit(askOf({ caps: [cap] }))),
    );
    expect(answers.filter((answer) => answer.refused === null)).toHaveLength(10);
  });

  test('a Redis that went back to an older state is behind the store and is not believed', async () => {
    const [mine, theirs] = [await stand().open(), await stand().open()];
    const { grant, token, byGrant, byToken } = await revokedBy(mine);
    await theirs.admit(byToken);
    const client = new Redis(redis().url);
    const before = await client.hgetall('{patchbay}:gate:state');
    await staff(stand(), mine).revoke('grant', grant);
    await staff(stand(), mine).revoke('token', token.id);
    const later = await stand().open();
    await client
      .multi()
      .del(
        '{patchbay}:gate:epochs',
        '{patchbay}:gate:order',
        `{patchbay}:gate:token:${token.id}`,
        '{patchbay}:gate:state',
      )
      .hset('{patchbay}:gate:state', before)
      .exec();
    client.disconnect();
    const generation = later.generation();
    expect((await theirs.admit(byGrant)).standing).toBe('revoked');
    expect((await later.admit(byToken)).standing).toBe('revoked');
    await until('it was filled anew', () => later.generation() !== generation);
    await until('all compare with the store within a second', async () => {
      expect((await theirs.admit(byGrant)).standing).toBe('revoked');
      return (await theirs.admit(byToken)).standing === 'revoked';
    });
    expect((await later.admit(byGrant)).standing).toBe('revoked');
    expect((await later.admit(byToken)).standing).toBe('revoked');
  });

  test('a database restored from a backup learns from Redis what was revoked after it', async () => {
    const first = await stand().open();
    const { grant, byGrant } = await revokedBy(first);
    await staff(stand(), first).revoke('grant', grant);
    await staff(stand(), first).revoke('grant', grant);
    const { db, tables } = stand().store;
    await stand().store.write((w) => [
      w.update(tables.epochs).set({ value: 1, version: 1 }).where(eq(tables.epochs.subjectId, grant)),
      w.update(tables.marks).set({ value: 1 }).where(eq(tables.marks.name, 'epochs')),
    ]);
    const fresh = first.snapshot({ grant });
    expect(fresh.grant).toEqual([grant, 2]);
    const second = await stand().open();
    expect((await second.admit(byGrant)).standing).toBe('revoked');
    const [row] = await db.select().from(tables.epochs).where(eq(tables.epochs.subjectId, grant));
    expect(row?.value).toBe(2);
    // And the next revocation goes on from there, so that what was made under the higher number ends too.
    await staff(stand(), second).revoke('grant', grant);
    expect((await first.admit(askOf({ epochs: [fresh] }))).standing).toBe('revoked');
  });

  test('a backup restored under running processes is noticed, and the maximum stays', async () => {
    const gate = await stand().open();
    const { grant, byGrant } = await revokedBy(gate);
    await staff(stand(), gate).revoke('grant', grant);
    const { db, tables } = stand().store;
    await stand().store.write((w) => [
      w.delete(tables.epochs).where(sql`true`),
      w.update(tables.marks).set({ value: 0 }).where(eq(tables.marks.name, 'epochs')),
    ]);
    await until('the store has it again', async () => {
      const [row] = await db.select().from(tables.epochs).where(eq(tables.epochs.subjectId, grant));
      return row?.value === 1;
    });
    expect((await gate.admit(byGrant)).standing).toBe('revoked');
  });

  test('without any Redis the database answers from the start', async () => {
    await redis().kill();
    const [mine, theirs] = [await stand().open(), await stand().open()];
    const { grant, byGrant } = await revokedBy(mine);
    expect((await theirs.admit(byGrant)).standing).toBe('valid');
    await staff(stand(), mine).revoke('grant', grant);
    expect((await theirs.admit(byGrant)).standing).toBe('revoked');
  });
});
