import { parseArgs } from 'node:util';

export const SECTIONS = [
  'ceilings',
  'thin',
  'naive',
  'publish',
  'fan-out',
  'latency',
  'backlog',
  'lanes',
  'subscriptions',
  'history',
] as const;
/** Of the profile `cluster`; what both have is measured alike. */
export const CLUSTER_SECTIONS = [
  'ceilings',
  'embedded',
  'one',
  'two',
  'broadcast',
  'fairness',
  'history',
  'revocation',
] as const;
/** Of the profile `access`, which compares the gates with each other: `--only access` is all of it. */
export const ACCESS_SECTIONS = ['authentication', 'levels'] as const;
export type Section =
  | (typeof SECTIONS)[number]
  | (typeof CLUSTER_SECTIONS)[number]
  | (typeof ACCESS_SECTIONS)[number];
export type Profile = 'embedded' | 'cluster' | 'access';
const PROFILES: Record<Profile, readonly Section[]> = {
  embedded: SECTIONS,
  cluster: CLUSTER_SECTIONS,
  access: ACCESS_SECTIONS,
};

export type Options = {
  rounds: number;
  /** Length of one measurement. */
  seconds: number;
  sections: Section[];
  backlog: number;
  /** Rows of the two subscription sets and of the history. */
  subscriptions: [few: number, many: number];
  history: number;
  isQuick: boolean;
  profile: Profile;
  jsonFile?: string;
  writes: boolean;
};

const FULL = {
  rounds: 3,
  seconds: 3,
  backlog: 100_000,
  subscriptions: [100_000, 1_000_000],
  history: 1_000_000,
} as const;
const QUICK = {
  rounds: 1,
  seconds: 0.8,
  backlog: 10_000,
  subscriptions: [10_000, 100_000],
  history: 100_000,
} as const;

export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      profile: { type: 'string', default: 'embedded' },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const asked = values.only?.flatMap((names) => names.split(','));
  const isAccess = asked?.join() === 'access';
  const profile = isAccess ? 'access' : values.profile;
  if (!isProfile(profile))
    throw new Error(`unknown profile: ${profile}; there are ${Object.keys(PROFILES).join(', ')}`);
  const sections = PROFILES[profile];
  const named = isAccess ? [...sections] : (asked ?? [...sections]);
  const unknown = named.filter((name) => !sections.some((section) => section === name));
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}; there are ${sections.join(', ')}`);
  if (values.quick && values.write) throw new Error('a quick run is for trying: it is not written down');
  const size = values.quick ? QUICK : FULL;
  return {
    ...size,
    subscriptions: [...size.subscriptions],
    sections: sections.filter((section) => named.includes(section)),
    isQuick: values.quick,
    profile,
    writes: values.write,
    ...(values.json === undefined ? {} : { jsonFile: values.json }),
  };
}

const isProfile = (name: string): name is Profile => Object.hasOwn(PROFILES, name);
