import type { Connector } from '#kit';
import { PatchbayError } from '#src/errors';
import type { Connectors, VendorApp } from '#src/ports';

/** Every connector there is, by its folder's name; none is loaded before it is asked for. */
export type Registry = Readonly<Record<string, () => Promise<Connector>>>;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the operator has switched on: `PATCHBAY_CONNECTORS=slack,hubspot`, and of each vendor's app
 * `PATCHBAY_SLACK_CLIENT_ID`, `…_CLIENT_SECRET` and `…_SIGNING_SECRET`. `PATCHBAY_VENDOR_STAND_INS=https://slack.com=http://127.0.0.1:4000`
 * sends a vendor's calls to a stand-in; only to this machine. Throws where it cannot be read.
 */
export function createConnectors(environment: Environment, registry: Registry): Connectors {
  const ids = listOf(environment['PATCHBAY_CONNECTORS']);
  const unknown = ids.filter((id) => !registry[id]);
  if (unknown.length > 0)
    throw wrong(
      `PATCHBAY_CONNECTORS names ${unknown.join(', ')}; there are ${Object.keys(registry).join(', ')}`,
    );
  const standIns = readStandIns(environment['PATCHBAY_VENDOR_STAND_INS']);
  return {
    ids,
    load: async (id) => (ids.includes(id) ? ((await registry[id]?.()) ?? null) : null),
    app: (id) => (ids.includes(id) ? appOf(environment, id) : null),
    originOf: (origin) => standIns.get(origin) ?? origin,
  };
}

function appOf(environment: Environment, id: string): VendorApp | null {
  const name = (of: string) => `PATCHBAY_${id.toUpperCase().replaceAll('-', '_')}_${of}`;
  const [clientId, clientSecret] = [environment[name('CLIENT_ID')], environment[name('CLIENT_SECRET')]];
  if (!clientId || !clientSecret) return null;
  return { clientId, clientSecret, signingSecret: environment[name('SIGNING_SECRET')] ?? clientSecret };
}

function readStandIns(text: string | undefined): Map<string, string> {
  return new Map(
    listOf(text).map((pair) => {
      const [vendor, standIn] = pair.split('=').map((part) => URL.parse(part.trim()));
      if (!vendor || !standIn || !['127.0.0.1', 'localhost', '[::1]'].includes(standIn.hostname))
        throw wrong(
          'PATCHBAY_VENDOR_STAND_INS is a list like https://slack.com=http://127.0.0.1:4000, to this machine alone',
        );
      return [vendor.origin, standIn.origin];
    }),
  );
}

const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);

const wrong = (internal: string): PatchbayError => new PatchbayError('internal', { internal });
