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
 * For `chromium` the url is the path of the program. Where the machine has none, the suite is skipped and
 * named at the end of the run; under `CI=true`, which must prove everything, it fails.
 */
export async function describeWith(
  service: ServiceName,
  title: string,
  suite: (lent: { url: string }) => void,
): Promise<void> {
  const offer = await askFor(service);
  const verdict = judge(offer, process.env['CI'] === 'true');
  if (verdict.run) return void describe(title, () => suite(verdict.lent));
  if (verdict.fail) {
    // oxlint-disable-next-line vitest/expect-expect -- it exists to fail
    test(`${title} (needs ${service})`, () => {
      throw new Error(`${service}: ${verdict.reason}`);
    });
    return;
  }
  // oxlint-disable-next-line vitest/no-disabled-tests -- named at the end of the run, refused in CI
  describe.skip(`${title} ${absentMark(service, verdict.reason)}`, () => suite({ url: 'absent://' }));
}

type Verdict = { run: true; lent: { url: string } } | { run: false; fail: boolean; reason: string };

/** Absent may be skipped on a developer's machine; broken never: it is a defect of the test house. */
export function judge(offer: Offer, isCi: boolean): Verdict {
  if ('url' in offer) return { run: true, lent: offer };
  if ('broken' in offer) return { run: false, fail: true, reason: offer.broken };
  return { run: false, fail: isCi, reason: offer.absent };
}

/** Written into the title of a skipped suite, so that the report can find it. */
export function absentMark(service: ServiceName, reason: string): string {
  return `[absent ${service}: ${reason}]`;
}

async function askFor(service: ServiceName): Promise<Offer> {
  return new Promise((resolve, reject) => {
    get(`${inject('services')}/${service}`, (response) => {
      // The other side is lend.ts, which writes nothing but an Offer.
      json(response).then((offer) => resolve(offer as Offer), reject);
    }).on('error', reject);
  });
}
