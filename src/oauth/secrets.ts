import * as base64url from 'jose/base64url';
import { hashToken, possibleHashes } from '#src/access';
import type { Ports } from '#src/context';

/** References that are no tokens: codes, request URIs, interactions. 256 bits; kept as an HMAC, as tokens are. */
export const newReference = ({ chance }: Pick<Ports, 'chance'>): string => base64url.encode(chance.bytes(32));

export const hashOf = hashToken;
/** An HMAC for each pepper that is still configured. */
export const hashesOf = possibleHashes;

// RFC 8628 §6.1: no vowels, so no words; 20^8 of them.
const letters = 'BCDFGHJKLMNPQRSTVWXZ';

export function newUserCode({ chance }: Pick<Ports, 'chance'>): string {
  let code = '';
  while (code.length < 8)
    for (const byte of chance.bytes(16)) if (byte < 240 && code.length < 8) code += letters[byte % 20];
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** As people type it. Null where it is no user code at all. */
export function readUserCode(text: string): string | null {
  const plain = text.toUpperCase().replaceAll(/[^A-Z]/g, '');
  return /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/.test(plain) ? `${plain.slice(0, 4)}-${plain.slice(4)}` : null;
}
