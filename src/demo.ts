import { parseArgs } from 'node:util';
import { playDemo } from '#src/demo';
import { openNodeHub } from './node.ts';

/**
 * `npm run demo`: a day of a Houston marketplace through a real hub. `--stay` keeps it up,
 * `--fast` plays a short day, `--data <folder>` leaves the store there, `--seed <n>` plays another day.
 */
const { values } = parseArgs({
  options: {
    stay: { type: 'boolean', default: false },
    fast: { type: 'boolean', default: false },
    seed: { type: 'string', default: '7' },
    data: { type: 'string' },
  },
});
const { stdout, env } = process;
const isTerminal = stdout.isTTY === true && env['TERM'] !== 'dumb';
const silent = { info: () => {}, warn: () => {}, error: () => {} };

process.exitCode = await playDemo({
  isFast: values.fast,
  stays: values.stay,
  seed: Number(values.seed),
  folder: values.data ?? null,
  environment: env,
  terminal: {
    isLive: isTerminal,
    // https://no-color.org: any value that is not empty.
    isColoured: isTerminal && !env['NO_COLOR'],
    write: (text) => void stdout.write(text),
  },
  openHub: async (environment) => (await openNodeHub(environment, silent)).hub,
  interrupted: new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
    // Whoever read the output has gone (`npm run demo | head`): there is nobody left to play for.
    stdout.on('error', () => resolve());
  }),
});
