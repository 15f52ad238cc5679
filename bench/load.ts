/**
 * The load generator: `node bench/load.ts '<plan as JSON>'`, one line of JSON back. A process of its own, so
 * that it never shares an event loop with what it measures.
 */
import { createBodies } from './load/bodies.ts';
import { runClosed } from './load/closed.ts';
import { openConnection } from './load/connection.ts';
import { runOpen } from './load/open.ts';
import type { LoadPlan } from './load/plan.ts';
import { createRecorder } from './load/recorder.ts';

// Written by the conductor of the same run, which type-checks it.
const plan = JSON.parse(process.argv[2] ?? 'null') as LoadPlan;
const connections = Array.from({ length: plan.connections }, () => openConnection(plan));
const body = createBodies(plan);
const recorder = createRecorder(plan);

const { postsPerSecond } = plan;
if (postsPerSecond === undefined) await runClosed(plan, connections, body, recorder);
else await runOpen({ ...plan, postsPerSecond }, connections, body, recorder);

process.stdout.write(`${JSON.stringify(recorder.result())}\n`);
for (const connection of connections) connection.close();
