import type { Ports } from '#src/context';
import { verifyProof } from '#src/dpop';
import { PatchbayError } from '#src/errors';

/** The DPoP header and the path of the request. */
export type Shown = { proof: string; path: string };
type Asked = {
  text: string;
  scheme: 'bearer' | 'dpop';
  /** The key that the token is bound to. */
  jkt: string | null;
  method: string;
  shown: Shown | undefined;
};

/**
 * RFC 9449 §7: a bound token comes with a proof of its key, for this very request and this very token, and by the scheme
 * DPoP; as a bearer token it is refused (§7.2), or stealing it would be enough. And the other way round.
 */
export async function refuseUnproven(
  ports: Pick<Ports, 'store' | 'clock' | 'digest' | 'peppers' | 'settings'>,
  { text, scheme, jkt, method, shown }: Asked,
): Promise<void> {
  if (jkt === null) throw refused('This token is bound to no key: send it as Authorization: Bearer pbk_…');
  if (scheme !== 'dpop' || !shown)
    throw refused('This token is bound to a key: send Authorization: DPoP pbk_… and a DPoP header.');
  const proven = await verifyProof(ports, shown.proof, { method, path: shown.path, accessToken: text });
  if (!proven.ok) throw refused(proven.detail);
  if (proven.jkt !== jkt) throw refused('The proof is of another key than the token.');
}

const refused = (text: string): PatchbayError => new PatchbayError('unauthenticated', { public: text });
