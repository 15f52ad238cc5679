import { randomUUID } from 'node:crypto';
import { type EpochMark, rememberTokenMs } from '#src/ports';
import { type RedisClient, type RunScript, within } from './client.ts';
import { keys, unguarded } from './keys.ts';
import { filledScript, mergeScript } from './scripts.ts';
import { idOf, isToken, markOf } from './wire.ts';

const chunk = 500;

/**
 * Into Redis under maximum, in chunks. Its version must be at least `from`, and is `to` from then on. False: it is not,
 * or Redis was emptied under the fill that `nonce` stands for.
 */
export async function mergeInto(
  run: RunScript,
  marks: readonly EpochMark[],
  version: { from: number; to: number },
  nonce?: string,
): Promise<boolean> {
  for (let from = 0; from === 0 || from < marks.length; from += chunk) {
    const part = marks.slice(from, from + chunk);
    const epochs = part.filter((mark) => !isToken(mark));
    // The version stands for all: it comes with the last part.
    const to = from + chunk < marks.length ? version.from : version.to;
    const isMerged = await run(
      mergeScript,
      [
        keys.state,
        keys.epochs,
        keys.order,
        nonce ? keys.fill(nonce) : unguarded,
        ...part.filter(isToken).map((mark) => keys.token(mark.subjectId)),
      ],
      [
        nonce ? 1 : 0,
        version.from,
        to,
        keys.channel,
        10 * rememberTokenMs,
        epochs.length,
        ...epochs.flatMap((mark) => [idOf(mark), mark.value, mark.suspendedAtMs ?? '-', mark.atMs]),
      ],
    );
    if (isMerged !== 1) return false;
  }
  return true;
}

/**
 * All that the store knows into a Redis that is not to be trusted yet. Answers the run to go by from then on: a new one
 * where Redis had none, or where it was behind the store and may have lost marks of tokens, which no fill brings back.
 * Null where it was emptied meanwhile.
 */
export async function fillRedis(
  redis: RedisClient,
  run: RunScript,
  marks: readonly EpochMark[],
  version: number,
  patienceMs: number,
): Promise<string | null> {
  const nonce = randomUUID();
  const [runBefore, versionBefore] = await within(patienceMs, redis.hmget(keys.state, 'run', 'version'));
  const distrusted = Number(versionBefore ?? -1) < version ? (runBefore ?? '') : '';
  await within(patienceMs, redis.set(keys.fill(nonce), '1', 'PX', 60_000));
  if (!(await mergeInto(run, marks, { from: -1, to: version }, nonce))) return null;
  const answer = await run(filledScript, [keys.state, keys.fill(nonce)], [randomUUID(), distrusted]);
  return typeof answer === 'string' ? answer : null;
}

export type RedisEpochs = { marks: Omit<EpochMark, 'version'>[]; version: number; seq: string };

/** All that Redis knows. What changes meanwhile has a seq beyond the one that is answered. */
export async function readRedis(redis: RedisClient, patienceMs: number): Promise<RedisEpochs> {
  const [version, seq] = await within(patienceMs, redis.hmget(keys.state, 'version', 'seq'));
  const marks: RedisEpochs['marks'] = [];
  let cursor = '0';
  do {
    const [next, found] = await within(patienceMs, redis.hscan(keys.epochs, cursor, 'COUNT', 1_000));
    for (let i = 0; i < found.length; i += 2) marks.push(markOf(found[i] ?? '', found[i + 1] ?? ''));
    cursor = next;
  } while (cursor !== '0');
  return { marks, version: Number(version ?? 0), seq: seq ?? '0' };
}
