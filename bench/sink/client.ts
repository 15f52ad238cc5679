import { startProgram } from '../programs.ts';
import { sleep } from '../clock.ts';
import type { SinkCounts, SinkMode, SinkReady } from './plan.ts';

/** The conductor's hand on a running sink. */
export type Sink = {
  /** An endpoint's address; each number has an origin of its own as far as the ports go. */
  url(group: string, at: number): string;
  counts(prefix?: string): Promise<SinkCounts>;
  reset(wish?: { keepsArrivals: boolean }): Promise<void>;
  /** When each stamp came first since a reset that asked for it, in microseconds. */
  arrivals(): Promise<Record<string, number>>;
  setMode(prefix: string, mode: SinkMode): Promise<void>;
  expectSecret(url: string, secret: string): Promise<void>;
  /** Waits until so many were taken, or until nothing has come for a while; gives the last counts. */
  settle(taken: number, limits: { quietMs: number; wholeMs: number }, prefix?: string): Promise<SinkCounts>;
  stop(): Promise<void>;
};

const POLL_MS = 40;

/** `hosts`: an owner in a cluster sends to whole hosts, so that two need more than one between them. */
export async function startSink(portCount: number, hosts: readonly string[] = ['127.0.0.1']): Promise<Sink> {
  const program = await startProgram<SinkReady>({
    file: './sink.ts',
    args: [String(portCount), hosts.join()],
  });
  const { controlPort, ports } = program.ready;
  const control = async (path: string, method: string): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${controlPort}${path}`, { method })).json();
  // The sink's own answer, typed by the plan that both sides share.
  const counts = async (prefix = '/'): Promise<SinkCounts> =>
    (await control(`/counts?prefix=${prefix}`, 'GET')) as SinkCounts;

  return {
    url: (group, at) => {
      const place = at % ports.length;
      return `http://${hosts[place % hosts.length]}:${ports[place]}/${group}/${at}`;
    },
    counts,
    reset: async (wish) => {
      await control(wish?.keepsArrivals ? '/reset?arrivals=keep' : '/reset', 'POST');
    },
    arrivals: async () => (await control('/arrivals', 'GET')) as Record<string, number>,
    setMode: async (prefix, mode) => {
      await control(`/mode?prefix=${prefix}&mode=${mode}`, 'POST');
    },
    expectSecret: async (url, secret) => {
      await control(`/secret?path=${new URL(url).pathname}&secret=${encodeURIComponent(secret)}`, 'POST');
    },
    settle: async (taken, limits, prefix) => {
      const endsAt = Date.now() + limits.wholeMs;
      let last = await counts(prefix);
      let changedAt = Date.now();
      while (last.taken < taken && Date.now() < endsAt && Date.now() - changedAt < limits.quietMs) {
        await sleep(POLL_MS);
        const now = await counts(prefix);
        if (now.taken !== last.taken) changedAt = Date.now();
        last = now;
      }
      return last;
    },
    stop: () => program.stop(),
  };
}
