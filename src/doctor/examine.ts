import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { connectorFindings } from './connectors.ts';
import { epochFindings } from './epochs.ts';
import type { DeploymentFacts } from './facts.ts';
import { bad, type Finding, warn } from './finding.ts';
import { hostFindings, mayBeOpened } from './host.ts';
import { type Call, hubFindings } from './hub.ts';
import { issuerFindings } from './issuer.ts';
import { keyFindings } from './keys.ts';
import { workFindings } from './work.ts';
import { workerFindings } from './workers.ts';

type Asked = {
  facts: DeploymentFacts;
  /** The hub's ports; they are the caller's to close. */
  open: () => Promise<Ports>;
  urlOf: (ports: Ports) => string;
  call: Call;
};

/** All that can be told of a deployment, by somebody who may read its store and its configuration. No secret is in it. */
export async function examine({ facts, open, urlOf, call }: Asked): Promise<Finding[]> {
  const first = hostFindings(facts);
  if (!mayBeOpened(facts)) {
    if (first.some(({ state }) => state === 'bad')) return [...first, notLookedAt];
    return first;
  }
  try {
    const ports = await open();
    return [
      ...first,
      ...(await keyFindings(ports)),
      ...(await epochFindings(ports)),
      ...(await hubFindings(ports, urlOf(ports), call)),
      ...(await issuerFindings(ports)),
      ...(await workerFindings(ports)),
      ...(await workFindings(ports)),
      ...(await connectorFindings(ports)),
    ];
  } catch (error) {
    return [
      ...first,
      bad('hub', {
        found: `it does not open: ${error instanceof PatchbayError ? error.message : String(error)}`,
        why: 'A hub would not start either.',
        remedy: 'Mend that, then ask again.',
      }),
    ];
  }
}

const notLookedAt = warn('the rest', {
  found: 'not looked at',
  why: 'Opening would change what is wrong above, or fail by it.',
  remedy: 'Mend that first, then ask again.',
});
