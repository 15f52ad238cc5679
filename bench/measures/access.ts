import type { AccessServer, Alone } from '../access/server.ts';
import type { Program } from '../programs.ts';
import { CONNECTIONS } from '../target.ts';
import type { LoadPlan, LoadResult } from '../load/plan.ts';
import { runProgram } from '../programs.ts';
import { readCpuMs } from '../usage.ts';

/** Requests a second, and the server's CPU for one in microseconds. */
export type Cost = { perSecond: number; micros: number };

/** Posts to one path of the server; what it answers besides 202 makes the figures worthless. */
export async function measurePath(
  { pid, ready }: Program<AccessServer>,
  path: '/empty' | '/entered',
  seconds: number,
): Promise<Cost> {
  const plan: LoadPlan = {
    url: `http://127.0.0.1:${ready.port}${path}`,
    headers: { authorization: `Bearer ${ready.token}` },
    events: ['{}'],
    eventsPerPost: 1,
    connections: CONNECTIONS,
    seconds,
  };
  const before = await readCpuMs([pid]);
  const found = await runProgram<LoadResult>({ file: './load.ts', args: [JSON.stringify(plan)] });
  const micros = (((await readCpuMs([pid])) - before) * 1_000) / found.posts;
  if (found.statuses['202'] !== found.posts)
    throw new Error(`${path} answered ${JSON.stringify(found.statuses)}: ${found.firstFailure ?? ''}`);
  return { perSecond: found.postsPerSecond, micros };
}

export async function measureAlone({ ready }: Program<AccessServer>): Promise<Alone> {
  const answer = await fetch(`http://127.0.0.1:${ready.port}/alone`);
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Alone; // The program's own form.
}
