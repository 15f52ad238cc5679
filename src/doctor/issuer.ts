import type { Ports } from '#src/context';
import { examineIssuer, type IssuerFacts } from '#src/sign-in';
import { bad, type Finding, good } from './finding.ts';

type State = Exclude<IssuerFacts['state'], 'good'>;

const remedies: Record<State, string> = {
  unreachable:
    'Is PATCHBAY_OIDC_ISSUER right, is it up, and may this machine reach it (docs/egress.md)? curl it from here.',
  other_issuer: 'Set PATCHBAY_OIDC_ISSUER letter for letter to what it calls itself, last slash included.',
  incomplete: 'It does not do the authorization code flow: is that switched on there, for this tenant?',
  no_keys: 'Its jwks_uri must answer its public keys (RSA, EC or Ed25519, use sig): ask who runs it.',
};

/** Whether people can sign in at the marketplace's own issuer: asked now, for a hub asks it first at a sign-in. */
export async function issuerFindings(ports: Pick<Ports, 'http' | 'settings'>): Promise<Finding[]> {
  const facts = await examineIssuer(ports);
  if (!facts) return [];
  if (facts.state === 'good')
    return [good('sign-in', `${facts.issuer} tells of itself; ${facts.keys} of its keys are usable`)];
  return [
    bad('sign-in', {
      found: `${facts.issuer}: ${facts.why}`,
      why: 'Nobody can sign in by it. Who is in stays in; patchbay user link lets people in meanwhile.',
      remedy: remedies[facts.state],
    }),
  ];
}
