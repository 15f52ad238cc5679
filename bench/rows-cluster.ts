import type { Figures } from './figures.ts';
import { atLeast, atMost, type Row, row } from './row.ts';

/** The lines of the cluster's report: targets of the design, and what stands behind them. */
export function clusterRows(figures: Figures): Row[] {
  const of = (name: string): number => figures.median(name) ?? Number.NaN;
  return [
    row('cluster / embedded, fan-out 1', '×', atLeast(0.7), of('cluster.fan1') / of('hub.fan1')),
    row('cluster / embedded, fan-out 10', '×', atLeast(0.7), of('cluster.fan10') / of('hub.fan10')),
    row('Redis, CPU a delivery', 'µs', atMost(15), of('cluster.redis.micros')),
    row('BullMQ jobs a delivery', '', atMost(0.1), of('cluster.jobs')),
    row(
      'CPU a delivery with a second worker / with one',
      '×',
      atMost(1.1),
      of('cluster.two.fan10.micros') / of('cluster.fan10.micros'),
    ),
    row(
      'publish and deliver cost, long history / empty database',
      '×',
      atMost(1.2),
      of('cluster.history.full.micros') / of('cluster.history.empty.micros'),
    ),
    row(
      'healthy rate while a thousand endpoints hang / all well',
      '×',
      atLeast(0.9),
      of('hanging.during') / of('hanging.before'),
    ),
    row('revocation → last delivery out, embedded, p99', 'ms', atMost(50), of('revoke.embedded.p99')),
    row('revocation → last delivery out, cluster, p99', 'ms', atMost(50), of('revoke.cluster.p99')),
    row('revocation → last delivery out, PostgreSQL alone, p99', 'ms', atMost(50), of('revoke.postgres.p99')),
    row('revocation → last delivery out, edge, p99', 'ms', atMost(1_000), of('revoke.edge.p99')),
  ];
}

const revocation = (key: string, name: string): [string, string, string][] =>
  ['p50', 'p99', 'max'].map((part) => [
    `revoke.${key}.${part}`,
    `revocation → last delivery out, ${name}, ${part}`,
    'ms',
  ]);

export const CLUSTER_FIGURES: [figure: string, name: string, unit: string][] = [
  ['postgres.1', 'PostgreSQL, a commit each', 'rows/s'],
  ['postgres.64', 'PostgreSQL, `unnest` of 64 a commit', 'rows/s'],
  ['bullmq', 'BullMQ, jobs added and taken', '/s'],
  ['bullmq.micros', 'BullMQ, CPU a job in Node', 'µs'],
  ['bullmq.redis.micros', 'BullMQ, CPU a job in Redis', 'µs'],
  ['hub.fan1', 'embedded, end to end, fan-out 1', 'events/s'],
  ['hub.fan10', 'embedded, end to end, fan-out 10', 'deliveries/s'],
  ['hub.fan10.micros', 'embedded, CPU a delivery at fan-out 10', 'µs'],
  ['cluster.single', 'cluster, POST of one event', '/s'],
  ['cluster.fifty', 'cluster, 50 events a POST', 'events/s'],
  ['cluster.fan1', 'cluster, end to end, fan-out 1', 'events/s'],
  ['cluster.fan10', 'cluster, end to end, fan-out 10', 'deliveries/s'],
  ['cluster.fan10.micros', "cluster, the hub's CPU a delivery at fan-out 10", 'µs'],
  ['cluster.postgres.micros', "cluster, PostgreSQL's CPU a delivery at fan-out 10", 'µs'],
  ['cluster.redis.micros', "cluster, Redis's CPU a delivery at fan-out 10", 'µs'],
  ['cluster.fan1000', 'cluster, a broadcast to 1,000', 'deliveries/s'],
  ['cluster.two.fan10', 'two workers, end to end, fan-out 10', 'deliveries/s'],
  ['cluster.two.fan10.micros', "two workers, the hub's CPU a delivery", 'µs'],
  ['neighbour.alone', 'p95 of a quiet account alone', 'ms'],
  ['neighbour.beside', 'p95 of a quiet account beside fifty times its rate', 'ms'],
  ['hanging.count', 'attempts that hang at once', ''],
  ['hanging.before', 'ten healthy endpoints, all well', 'deliveries/s'],
  ['hanging.during', 'ten healthy endpoints, a thousand others hanging', 'deliveries/s'],
  ['cluster.history.empty.micros', 'cluster, an event delivered once, empty database, all CPU', 'µs'],
  ['cluster.history.full.micros', 'cluster, an event delivered once, long history, all CPU', 'µs'],
  ...revocation('embedded', 'embedded'),
  ...revocation('cluster', 'cluster'),
  ...revocation('postgres', 'PostgreSQL alone'),
  ...revocation('edge', 'edge'),
];
