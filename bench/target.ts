import type { LoadPlan, LoadResult } from './load/plan.ts';
import { runProgram } from './programs.ts';

/** A running program that takes events and delivers them: the hub, the thin pipeline or the naive build. */
export type Target = {
  name: string;
  /** Its processes; the first takes the events. */
  pids: [number, ...number[]];
  /** Where events are posted, and what a publisher must say besides. */
  publish: { url: string; headers: Record<string, string> };
  /** Only where /proc is missing. */
  metricsUrl?: string;
  /** Who sees the events. The second account exists for what must not touch the first. */
  accounts: string[];
  /** From the start of the process to its first accepted event. */
  startMs: number;
  subscribe(url: string, account?: string): Promise<{ id: string; secret: string }>;
  pause(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  stop(): Promise<void>;
};

// What performance.md counts with.
export const CONNECTIONS = 64;

export type LoadWish = Partial<LoadPlan> & Pick<LoadPlan, 'events' | 'seconds'>;

/** Runs the generator against a target. Anything but 2xx answers makes the figures worthless: it throws. */
export async function load(target: Target, wish: LoadWish): Promise<LoadResult> {
  const plan: LoadPlan = { ...target.publish, eventsPerPost: 1, connections: CONNECTIONS, ...wish };
  const result = await runProgram<LoadResult>({ file: './load.ts', args: [JSON.stringify(plan)] });
  const refused = Object.keys(result.statuses).filter((status) => !status.startsWith('2'));
  if (refused.length === 0) return result;
  throw new Error(`${target.name} answered ${JSON.stringify(result.statuses)}: ${result.firstFailure ?? ''}`);
}
