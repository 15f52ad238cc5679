import type { Figures } from './figures.ts';
import { atMost, type Row, row } from './row.ts';

const GATES = [
  ['embedded', 'embedded'],
  ['postgres', 'PostgreSQL alone'],
  ['redis', 'Redis'],
] as const;
const HOSTS = [
  ['embedded', 'embedded', 50],
  ['postgres', 'PostgreSQL alone', 50],
  ['cluster', 'Redis', 50],
  ['edge', 'edge', 1_000],
] as const;
const LEVELS = ['token', 'grant', 'user', 'app', 'partner'] as const;
/** One call is timed so many times in a turn (bench/access/server.ts). */
const ALONE = 2_000;

/** The lines of the report on access: targets of the design, and what stands behind them. */
export function accessRows(figures: Figures): Row[] {
  const of = (name: string): number => figures.median(name) ?? Number.NaN;
  const worst = (host: string): number =>
    Math.max(...LEVELS.map((level) => of(`revoke.${host}.${level}.max`)));
  return [
    row('authentication and caps, embedded, one alone, p50', 'µs', atMost(20), of('access.embedded.p50')),
    row(
      'authentication and caps, embedded, over HTTP with their fields, CPU',
      'µs',
      atMost(20),
      of('access.embedded.micros'),
    ),
    row('authentication and caps, Redis, one alone, p50', 'µs', atMost(200), of('access.redis.p50')),
    row('round trips to Redis a call', '', atMost(1.05), of('access.redis.trips') / ALONE),
    ...HOSTS.map(([key, name, ms]) =>
      row(
        `revocation → last delivery out, ${name}, the slowest of five levels`,
        'ms',
        atMost(ms),
        worst(key),
      ),
    ),
  ];
}

export const ACCESS_FIGURES: [figure: string, name: string, unit: string][] = [
  ...GATES.flatMap(([key, name]): [string, string, string][] => [
    [`access.${key}.empty`, `${name}, an empty request`, '/s'],
    [`access.${key}.entered`, `${name}, with authentication and caps`, '/s'],
    [`access.${key}.empty.micros`, `${name}, an empty request, CPU`, 'µs'],
    [`access.${key}.micros`, `${name}, authentication and caps, CPU`, 'µs'],
    [`access.${key}.share`, `${name}, authentication and caps as a share of an empty request`, '%'],
    [`access.${key}.p50`, `${name}, authentication and caps, one alone, p50`, 'µs'],
    [`access.${key}.p99`, `${name}, authentication and caps, one alone, p99`, 'µs'],
  ]),
  ...HOSTS.flatMap(([key, name]) =>
    LEVELS.map((level): [string, string, string] => [
      `revoke.${key}.${level}.max`,
      `revocation by ${level} → last delivery out, ${name}, max`,
      'ms',
    ]),
  ),
];
