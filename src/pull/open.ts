import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { createPull, type Pull } from './hub.ts';
import { readWorkerKeys } from './keys.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `PATCHBAY_DELIVERY=pull` hands delivery over to workers that ask for it, and nobody else sends; without it there is no
 * pull. Throws with what the operator has to mend.
 */
export function openPull(environment: Environment, ports: Ports): Pull | null {
  const delivery = environment['PATCHBAY_DELIVERY'] ?? 'here';
  if (delivery === 'here') return null;
  if (delivery !== 'pull') throw refused(`PATCHBAY_DELIVERY is here or pull; "${delivery}" is neither.`);
  const keys = environment['PATCHBAY_WORKER_KEYS'];
  if (!keys)
    throw refused(
      'PATCHBAY_DELIVERY=pull needs PATCHBAY_WORKER_KEYS, the same for the hub and its workers. Make it once: echo "1:$(openssl rand -base64 32)"',
    );
  return createPull(ports, readWorkerKeys(keys));
}

const refused = (text: string) => new PatchbayError('internal', { internal: text });
