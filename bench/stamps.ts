import { randomInt } from 'node:crypto';

/**
 * Ids that carry the moment they were made, to the microsecond: 26 characters of lower-case Crockford
 * base 32, the first ten of which are a ULID's milliseconds. A subject ends in one, subjects are passed on
 * unchanged, so the sink knows the latency of every delivery without any help from the program under test.
 */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 26;

export function createStamps(): (micros: number) => string {
  const maker = encode(randomInt(32 ** 4), 4);
  const taken = { count: 0 };
  return (micros) => {
    taken.count += 1;
    const whole = Math.floor(micros);
    return encode(Math.floor(whole / 1000), 10) + encode(whole % 1000, 2) + maker + encode(taken.count, 10);
  };
}

/** The stamp in an event, published or delivered; what is none where there is no stamp. */
export function stampIn(body: string): string {
  const at = body.indexOf('"subject":"');
  if (at < 0) return '';
  const end = body.indexOf('"', at + 11);
  return body.slice(end - LENGTH, end);
}

/** The microseconds that a stamp was made at; NaN for what is not a stamp. */
export function stampMicros(stamp: string): number {
  if (stamp.length !== LENGTH) return Number.NaN;
  return decode(stamp, 0, 10) * 1000 + decode(stamp, 10, 12);
}

function encode(value: number, width: number): string {
  const digits: string[] = [];
  for (let rest = value; digits.length < width; rest = Math.floor(rest / 32)) {
    digits.push(ALPHABET.charAt(rest % 32));
  }
  return digits.toReversed().join('');
}

function decode(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = ALPHABET.indexOf(text.charAt(at));
    if (digit < 0) return Number.NaN;
    value = value * 32 + digit;
  }
  return value;
}
