import { type HubChild, startChild } from './hub-child.ts';

/** One process of a hub, started anew at the same address however it ended. */
export type Member = {
  name: string;
  origin: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** SIGSTOP: it holds its connections and its leases, and does nothing. */
  freeze(): void;
  thaw(): void;
  /** All that it printed, in each of its lives. */
  output(): string;
  /** Ends in order. */
  stop(): Promise<void>;
};

/** `complain` hears of an end that nobody asked for. */
export function createMember(
  name: string,
  entry: string,
  environment: Record<string, string>,
  complain: (what: string) => void,
): Member {
  const state: { child: HubChild | null } = { child: null };
  const lives: string[][] = [];
  const end = async (signal: NodeJS.Signals) => {
    const { child } = state;
    state.child = null;
    await child?.kill(signal);
  };

  return {
    name,
    origin: `http://127.0.0.1:${environment['PORT']}`,
    start: async () => {
      const hub = await startChild(entry, environment);
      state.child = hub;
      lives.push(hub.output);
      hub.child.once('exit', (code, signal) => {
        if (state.child !== hub) return;
        state.child = null;
        complain(`${name} ended by itself (${code ?? signal}): ${hub.output.join('').slice(-1_500)}`);
      });
    },
    kill: () => end('SIGKILL'),
    freeze: () => void state.child?.child.kill('SIGSTOP'),
    thaw: () => void state.child?.child.kill('SIGCONT'),
    output: () => lives.flat().join(''),
    stop: () => end('SIGTERM'),
  };
}
