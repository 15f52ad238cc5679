import { parseArgs } from 'node:util';

export type Options = {
  /** How often each fault is done. */
  times: number;
  /** Names of faults; all where none is named. */
  only: string[];
  jsonFile: string | null;
  writes: boolean;
  /** A folder for what the processes printed. */
  logFolder: string | null;
};

export function readOptions(args: string[], known: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      times: { type: 'string', default: '8' },
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      logs: { type: 'string' },
    },
  });
  const times = Number(values.times);
  if (!Number.isInteger(times) || times < 1)
    throw new Error(`--times must be a whole number above 0, not ${values.times}`);
  const only = values.only.flatMap((names) => names.split(','));
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}; there are ${known.join(', ')}`);
  if (values.write && only.length > 0)
    throw new Error('--write puts down a whole run, so it goes without --only');
  return {
    times,
    only,
    jsonFile: values.json ?? null,
    writes: values.write,
    logFolder: values.logs ?? null,
  };
}
