/**
 * Ids carry their kind and sort by the time they were made: `evt_` and 26 characters of Crockford
 * base32 in the ULID layout (48 bits of milliseconds, 80 random). Growing keys keep inserts at the
 * right edge of a B-tree: random ones cost two thirds of the rate (docs of the benchmark, "random key").
 * Lower case only, so that SQLite, Postgres and D1 sort them alike under any collation.
 */
import type { Chance, Clock } from '#src/ports';

export type Ids = {
  /** Always greater than every id of this kind that this generator gave before, whatever the clock does. */
  newId(kind: IdKind): string;
};

export const idKinds = [
  'evt',
  'sub',
  'dlv',
  'att',
  'acc',
  'usr',
  'ptr',
  'app',
  'grt',
  'tok',
  'con',
  'cli',
  'rvk',
  'rcp',
  'sus',
  'elv',
  'tsk',
  'req',
  'int',
  'rpl',
  'ses',
  'cod',
  'dev',
  'par',
  'cas',
  'apl',
  'apr',
  'sig',
  'aud',
  'bin',
  'wrk',
  'key',
  'exp',
  'inv',
  'rvw',
  'pol',
  'fil',
  'rol',
] as const;
export type IdKind = (typeof idKinds)[number];

/** One generator per process: two of them do not see each other's last id. */
export function createIds(clock: Clock, chance: Chance): Ids {
  const steps = randomWords(chance);
  let lastMs = -1;
  let high = 0;
  let low = 0;
  let stem = '';

  // A clock that stands or steps back keeps the last millisecond and counts upwards in the random part.
  function advance(): void {
    const ms = clock.ms();
    if (ms > lastMs) {
      begin(ms);
      return;
    }
    // A random step, so that one id does not betray its neighbours.
    low += steps() + 1;
    if (low < half) return;
    low -= half;
    high += 1;
    if (high < half) {
      stem = timeText(lastMs) + fortyBits(high);
      return;
    }
    begin(lastMs + 1);
  }

  function begin(ms: number): void {
    lastMs = ms;
    high = (steps() & 0xff) * 2 ** 32 + steps();
    low = (steps() & 0xff) * 2 ** 32 + steps();
    stem = timeText(ms) + fortyBits(high);
  }

  return {
    newId(kind) {
      advance();
      return `${kind}_${stem}${fortyBits(low)}`;
    },
  };
}

export function isId(kind: IdKind, value: unknown): value is string {
  return typeof value === 'string' && value.length === 30 && patterns[kind].test(value);
}

/** For schemas and the OpenAPI document. */
export function idPattern(kind: IdKind): RegExp {
  return patterns[kind];
}

/** A publisher may bring its own event id: any lower-case word of at most 100 after the prefix. */
export const publisherEventId = /^evt_[a-z0-9_-]{1,100}$/;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
// The eighty random bits are kept as two numbers below this: a double holds 53 bits, not eighty.
const half = 2 ** 40;
const wordsPerBlock = 1024;

// Ten bits a look-up: four look-ups make forty bits, two of those the random part.
const pairs = Array.from({ length: 1024 }, (_, n) => alphabet.charAt(n >> 5) + alphabet.charAt(n & 31));

// 48 bits leave the first character at 7 or less.
const patterns = Object.fromEntries(
  idKinds.map((kind) => [kind, new RegExp(`^${kind}_[0-7][0-9a-hjkmnp-tv-z]{25}$`)]),
) as Record<IdKind, RegExp>; // Object.fromEntries widens its keys; they are exactly idKinds.

function fortyBits(value: number): string {
  const upper = Math.floor(value / 2 ** 20);
  const lower = value % 2 ** 20;
  return `${pairs[upper >>> 10]}${pairs[upper & 1023]}${pairs[lower >>> 10]}${pairs[lower & 1023]}`;
}

function timeText(ms: number): string {
  return pairs[Math.floor(ms / 2 ** 40) & 1023] + fortyBits(ms % 2 ** 40);
}

/** Whole 32-bit words out of large blocks: asking the system for each id would cost more than the id. */
function randomWords(chance: Chance): () => number {
  let words = new Uint32Array(0);
  let next = 0;
  return () => {
    if (next === words.length) {
      words = new Uint32Array(chance.bytes(wordsPerBlock * 4).slice().buffer);
      next = 0;
    }
    const word = words[next];
    next += 1;
    return word ?? 0;
  };
}
