/**
 * `npm run faults`: breaks a real hub under load, many times, and counts what became of every accepted event. About a
 * quarter of an hour. `--times <n>`, `--only <fault>`, `--json <file>`, `--logs <folder>`; `--write` puts the table into
 * docs/reliability.md. Ends with 1 when anything was lost, or a duplicate was not the same.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  aloneFaults,
  embeddedFaults,
  expandingFaults,
  type Fault,
  postgresFaults,
  redisFaults,
} from './faults.ts';
import { type Measured, measureFault } from './measure.ts';
import { type Options, readOptions } from './options.ts';
import type { Pace } from './publishers.ts';
import { requireMarks, writeBetweenMarks, writeReport } from './report.ts';
import { seeded } from './seeded.ts';
import { startCluster } from './stand-cluster.ts';
import { startEmbedded } from './stand-embedded.ts';
import type { Stand } from './stand.ts';

const seed = 20_261_122;
/** Some sixty events a second: enough to be always in the middle of something, too little for its own backlog. */
const pace: Pace = { singles: 4, singlePauseMs: 100, batch: 10, batchPauseMs: 500 };
const page = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));

const random = seeded(seed);
const withRedis = { withRedis: true };
// Fewer at once than there are endpoints.
const expanding = { withRedis: true, environment: { PATCHBAY_MAX_MATCHES: '2', PATCHBAY_EXPAND_CHUNK: '2' } };
const plan = [
  ...embeddedFaults.map(onStand(() => startEmbedded(random))),
  ...aloneFaults.map(onStand(() => startCluster(random, { withRedis: false }))),
  ...[...postgresFaults, ...redisFaults].map(onStand(() => startCluster(random, withRedis))),
  ...expandingFaults.map(onStand(() => startCluster(random, expanding))),
];
const options = readOptions(
  process.argv.slice(2),
  plan.map(({ name }) => name),
);
if (options.writes) requireMarks(page);

const measured: Measured[] = [];
for (const { name, measure } of plan) {
  if (options.only.length > 0 && !options.only.includes(name)) continue;
  const startedAt = performance.now();
  const result = await measure(options);
  measured.push(result);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  process.stderr.write(
    `${name}: ${result.times} times in ${seconds} s, ${result.failures.join('; ') || 'held'}\n`,
  );
}

const text = writeReport(measured);
process.stdout.write(`${text}\n`);
if (options.jsonFile) writeFileSync(options.jsonFile, `${JSON.stringify(measured, null, 2)}\n`);
const held = measured.every(({ failures }) => failures.length === 0);
if (options.writes && held) writeBetweenMarks(page, text);
process.exitCode = held ? 0 : 1;

/** Each fault on a stand of its own: what one leaves behind is not counted against the next. */
function onStand<S extends Stand>(start: () => Promise<S>) {
  return (fault: Fault<S>) => ({
    name: fault.name,
    measure: async ({ times, logFolder }: Options): Promise<Measured> => {
      const stand = await start();
      try {
        const share = Math.max(1, Math.round(times * (fault.share ?? 1)));
        return await measureFault(stand, fault, share, pace, random);
      } finally {
        if (logFolder) writeLogs(join(logFolder, fault.name), stand);
        await stand.stop();
      }
    },
  });
}

function writeLogs(folder: string, stand: Stand): void {
  mkdirSync(folder, { recursive: true });
  for (const member of new Set([...stand.apis, ...stand.workers]))
    writeFileSync(join(folder, `${member.name.replace(' ', '-')}.log`), member.output());
}
