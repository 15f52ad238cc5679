import { get } from 'node:http';
import { json } from 'node:stream/consumers';
import { describe, inject, test } from 'vitest';
import type { Offer, ServiceName } from './lend.ts';

/**
 * A suite that needs a real service, shared by the whole run:
 *
 * ```ts
 * await describeWith('postgres', 'a store on PostgreSQL', (postgres) => {
 *   beforeAll(async () => { store = await openStore(await freshDatabase(postgres.url)); });
 * });
 * ```
 * For `chromium` and `pgbouncer` the url is the path of the program, for
 * `previous` the folder of the version before. Where the machine has none, the suite is skipped and
 * named at the end of the run; under `CI=true`, which must prove everything, it fails.
 */
export async function describeWith(
  service: ServiceName,
  title: string,
  suite: (lent: { url: string }) => void,
): Promise<void> {
  return describeWithAll([service], title, (lent) => suite(lent[service]));
}

/** The same for a suite that needs several of them: one that is missing decides for all. */
export async function describeWithAll<S extends ServiceName>(
  services: readonly S[],
  title: string,
  suite: (lent: Record<S, { url: string }>) => void,
): Promise<void> {
  const asked = await Promise.all(
    services.map(async (service) => {
      const offer = await askFor(service);
      return { service, offer, url: 'url' in offer ? offer.url : 'absent://' };
    }),
  );
  const lent = Object.fromEntries(asked.map(({ service, url }) => [service, { url }]));
  const declare = () => suite(lent as Record<S, { url: string }>); // Every one of them was asked for.
  const missing = asked.find(({ offer }) => !('url' in offer));
  if (!missing) return void describe(title, declare);
  const verdict = judge(missing.offer, process.env['CI'] === 'true');
  if (verdict.fail) {
    // oxlint-disable-next-line vitest/expect-expect -- it exists to fail
    test(`${title} (needs ${missing.service})`, () => {
      throw new Error(`${missing.service}: ${verdict.reason}`);
    });
    return;
  }
  // oxlint-disable-next-line vitest/no-disabled-tests -- named at the end of the run, refused in CI
  describe.skip(`${title} ${absentMark(missing.service, verdict.reason)}`, declare);
}

type Verdict = { run: boolean; fail: boolean; reason: string };

/** Absent may be skipped on a developer's machine; broken never: it is a defect of the test house. */
export function judge(offer: Offer, isCi: boolean): Verdict {
  if ('url' in offer) return { run: true, fail: false, reason: '' };
  if ('broken' in offer) return { run: false, fail: true, reason: offer.broken };
  return { run: false, fail: isCi, reason: offer.absent };
}

/** Written into the title of a skipped suite, so that the report can find it. */
export function absentMark(service: ServiceName, reason: string): string {
  return `[absent ${service}: ${reason}]`;
}

/** For what every machine has; what broke it is thrown. */
export async function borrow(service: ServiceName): Promise<{ url: string }> {
  const offer = await askFor(service);
  if (!('url' in offer)) throw new Error(`${service}: ${'broken' in offer ? offer.broken : offer.absent}`);
  return offer;
}

async function askFor(service: ServiceName): Promise<Offer> {
  return new Promise((resolve, reject) => {
    get(`${inject('services')}/${service}`, (response) => {
      // The other side is lend.ts, which writes nothing but an Offer.
      json(response).then((offer) => resolve(offer as Offer), reject);
    }).on('error', reject);
  });
}
