/**
 * `npm run bench`: one run, three interleaved rounds, medians, and ratios of medians of this run alone. Single
 * figures drift with the machine; ratios within a run hold. `--quick` to try, `--only <section>`, `--only access`, `--profile cluster`, `--json <file>`,
 * `--write` puts the tables into docs/performance.md.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareCluster } from './cluster.ts';
import { createFigures } from './figures.ts';
import { prepareHub } from './hub.ts';
import { describeMachine } from './machine.ts';
import { readOptions } from './options.ts';
import type { Profile, Section } from './options.ts';
import { requireMarks, toJson, writeBetweenMarks, writeReport } from './report.ts';
import type { Report } from './report.ts';
import type { Bench } from './rounds/bench.ts';
import { measureAuthentication } from './rounds/access.ts';
import { measureCeilings } from './rounds/ceilings.ts';
import {
  measureBroadcast,
  measureClusterCeilings,
  measureClusterFairness,
  measureClusterHistory,
  measureClusterOne,
  measureClusterTwo,
  measureRevocations,
} from './rounds/cluster.ts';
import { measureHubFanOut1, measureHubFanOut10, measureHubLanes, measureHubPublish } from './rounds/hub.ts';
import { measureNaive, measureThin } from './rounds/references.ts';
import { measureLevels } from './rounds/levels.ts';
import { measureHistory, measureSubscriptions } from './rounds/seeded.ts';
import { startSink } from './sink/client.ts';
import { bookingTemplate, templateBytes } from './template.ts';

type Step = {
  section: Section;
  also?: Section;
  needsHub?: true;
  needsCluster?: true;
  measure(bench: Bench): Promise<void>;
};
type Steps = { eachRound: Step[]; once: Step[] };

const EMBEDDED: Steps = {
  eachRound: [
    { section: 'ceilings', measure: measureCeilings },
    { section: 'thin', measure: measureThin },
    { section: 'publish', needsHub: true, measure: measureHubPublish },
    { section: 'fan-out', also: 'latency', needsHub: true, measure: measureHubFanOut1 },
    { section: 'fan-out', also: 'backlog', needsHub: true, measure: measureHubFanOut10 },
    { section: 'lanes', needsHub: true, measure: measureHubLanes },
    { section: 'naive', measure: measureNaive },
  ],
  once: [
    { section: 'subscriptions', needsHub: true, measure: measureSubscriptions },
    { section: 'history', needsHub: true, measure: measureHistory },
  ],
};
const CLUSTER: Steps = {
  eachRound: [
    { section: 'ceilings', needsCluster: true, measure: measureClusterCeilings },
    { section: 'embedded', needsHub: true, measure: measureHubFanOut1 },
    { section: 'embedded', needsHub: true, measure: measureHubFanOut10 },
    { section: 'one', needsCluster: true, measure: measureClusterOne },
    { section: 'two', needsCluster: true, measure: measureClusterTwo },
  ],
  once: [
    { section: 'broadcast', needsCluster: true, measure: measureBroadcast },
    { section: 'fairness', needsCluster: true, measure: measureClusterFairness },
    { section: 'history', needsCluster: true, measure: measureClusterHistory },
    { section: 'revocation', needsCluster: true, measure: measureRevocations },
  ],
};
const ACCESS: Steps = {
  eachRound: [],
  once: [
    { section: 'authentication', needsCluster: true, measure: measureAuthentication },
    { section: 'levels', needsCluster: true, measure: measureLevels },
  ],
};
const STEPS: Record<Profile, Steps> = { embedded: EMBEDDED, cluster: CLUSTER, access: ACCESS };
// Eight lanes and fifty that fail; each is an origin of its own.
const SINK_PORTS = 60;
const PAGE = fileURLToPath(new URL('../docs/performance.md', import.meta.url));

const options = readOptions(process.argv.slice(2));
const { eachRound, once } = STEPS[options.profile];
// An owner sends to whole hosts: two workers need several between them. Only Linux has all of the loopback network.
const hosts =
  options.profile === 'cluster' && process.platform === 'linux'
    ? Array.from({ length: 16 }, (_, at) => `127.0.0.${at + 1}`)
    : ['127.0.0.1'];
if (options.writes) requireMarks(PAGE, options.profile);
const root = mkdtempSync(join(tmpdir(), 'patchbay-bench-'));
const made = { directories: 0 };
const failures = new Set<string>();
const bench: Bench = {
  options,
  figures: createFigures(),
  sink: await startSink(SINK_PORTS, hosts),
  directory: () => {
    made.directories += 1;
    const directory = join(root, String(made.directories));
    mkdirSync(directory);
    return directory;
  },
  home: undefined,
  cluster: undefined,
  say: (text) => process.stderr.write(`${text}\n`),
};
const report: Report = {
  machine: describeMachine(),
  options,
  figures: bench.figures,
  eventBytes: templateBytes(bookingTemplate([`acc_${'0'.repeat(26)}`])),
  failures: [],
};

try {
  const asked = [...eachRound, ...once].filter(isAsked);
  if (asked.some((step) => step.needsHub === true)) await findHub();
  if (asked.some((step) => step.needsCluster === true)) await findCluster();
  for (let round = 1; round <= options.rounds; round += 1) await takeSteps(eachRound, `round ${round}`);
  await takeSteps(once, 'once');
} finally {
  await bench.sink.stop();
  await bench.cluster?.close();
  rmSync(root, { recursive: true, force: true });
}

report.failures.push(...failures);
const text = writeReport(report);
process.stdout.write(`${text}\n`);
if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, toJson(report));
if (options.writes && failures.size === 0) writeBetweenMarks(PAGE, text, options.profile);
process.exitCode = failures.size === 0 ? 0 : 1;

async function findHub(): Promise<void> {
  try {
    bench.home = await prepareHub(bench.directory());
  } catch (error) {
    failures.add(`the hub: ${firstLineOf(error)}`);
  }
}

async function findCluster(): Promise<void> {
  try {
    bench.cluster = await prepareCluster();
  } catch (error) {
    failures.add(`the cluster: ${firstLineOf(error)}`);
  }
}

async function takeSteps(steps: Step[], when: string): Promise<void> {
  for (const step of steps) {
    if (!isAsked(step) || (step.needsHub === true && bench.home === undefined)) continue;
    if (step.needsCluster === true && bench.cluster === undefined) continue;
    const startedAt = performance.now();
    try {
      await step.measure(bench);
    } catch (error) {
      // One measurement that fails must not cost the others; the run as a whole still ends in failure.
      failures.add(`${step.section}, ${when}: ${firstLineOf(error)}`);
    }
    bench.say(`${when}: ${step.section}, ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  }
}

function isAsked(step: Step): boolean {
  return (
    options.sections.includes(step.section) ||
    (step.also !== undefined && options.sections.includes(step.also))
  );
}

function firstLineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error))
    .split('\n')
    .slice(0, 3)
    .join(' ')
    .slice(0, 400);
}
