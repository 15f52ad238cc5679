import { Command, InvalidArgumentError } from 'commander';
import { playDemo } from '#src/demo';
import { openNodeHub } from './node.ts';

const values = new Command('npm run demo --')
  .description('A day of a Houston marketplace through a real hub.')
  .option('--stay', 'keep it up afterwards, for a look round', false)
  .option('--fast', 'play a short day', false)
  .option('--seed <number>', 'play another day', wholeNumber, 7)
  .option('--data <folder>', 'leave the store there')
  .parse()
  .opts<{ stay: boolean; fast: boolean; seed: number; data?: string }>();
const { stdout, env } = process;
const isTerminal = stdout.isTTY === true && env['TERM'] !== 'dumb';
const silent = { info: () => {}, warn: () => {}, error: () => {} };

process.exitCode = await playDemo({
  isFast: values.fast,
  stays: values.stay,
  seed: values.seed,
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

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a whole number of up to nine digits.');
}
