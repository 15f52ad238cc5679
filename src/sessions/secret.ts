import { hashToken, possibleHashes } from '#src/access';
import type { Ports } from '#src/context';

type Needs = Pick<Ports, 'digest' | 'peppers'>;

/** What a cookie or a link carries: 256 bits, base64url. It opens nothing but what its hash names. */
export const newSessionSecret = ({ chance }: Pick<Ports, 'chance'>): string =>
  btoa(String.fromCharCode(...chance.bytes(32)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

const isSecret = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text);

/** The kind is hashed with it, so that a link's secret is no session's, nor a token's. */
export const hashSecret = (needs: Needs, kind: Kind, secret: string): string =>
  hashToken(needs, `${kind}:${secret}`);
export type Kind = 'session' | 'link' | 'form';

/** Empty for what was never one of ours: no look-up is made for it. */
export const hashesOfSecret = (needs: Needs, kind: Kind, secret: string): string[] =>
  isSecret(secret) ? possibleHashes(needs, `${kind}:${secret}`) : [];
