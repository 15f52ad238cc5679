import type { Chance } from '#src/ports';

/**
 * `pbk_<kind><env>_<8>_<30 base62><6 CRC32>`. The checksum lets a scanner or the API reject a mistyped token before
 * any look-up; it proves nothing. The locator is for routing only, never the id of a person.
 */
export type TokenKind = 'a' | 'r' | 'c' | 'k' | 's' | 'f';
export type ParsedToken = { kind: TokenKind; env: 'live' | 'test'; locator: string };

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const shape = /^pbk_([acfkrs])([lt])_([0-9A-Za-z]{8})_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/;

/** Of what is no token and yet asked for at the gate as one is. */
export const newLocator = (chance: Chance): string => base62(8, chance);

export function newToken(
  kind: TokenKind,
  env: 'live' | 'test',
  chance: Chance,
): { token: string; locator: string } {
  const locator = newLocator(chance);
  const head = `pbk_${kind}${env === 'live' ? 'l' : 't'}_${locator}_${base62(30, chance)}`;
  return { token: head + checksum(head), locator };
}

/** Null for anything that is not a token of ours, a mistyped one included. */
export function parseToken(text: string): ParsedToken | null {
  const match = shape.exec(text);
  if (!match || checksum(text.slice(0, -6)) !== match[5]) return null;
  return { kind: match[1] as TokenKind, env: match[2] === 'l' ? 'live' : 'test', locator: match[3] ?? '' };
}

/** Rejection sampling: a byte above the last whole multiple of 62 would favour the first letters. */
function base62(length: number, chance: Chance): string {
  let text = '';
  while (text.length < length) {
    for (const byte of chance.bytes(length + 8)) {
      if (byte < 248 && text.length < length) text += alphabet[byte % 62];
    }
  }
  return text;
}

function checksum(head: string): string {
  let value = crc32(head);
  let text = '';
  for (let i = 0; i < 6; i++) {
    text = alphabet[value % 62] + text;
    value = Math.floor(value / 62);
  }
  return text;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 as in ISO-HDLC (zip, PNG), over ASCII. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++)
    crc = (crcTable[(crc ^ text.charCodeAt(i)) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
