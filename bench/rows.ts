import type { Figures } from './figures.ts';
import type { Profile } from './options.ts';
import { atLeast, atMost, type Line, type Row, row } from './row.ts';
import { ACCESS_FIGURES, accessRows } from './rows-access.ts';
import { CLUSTER_FIGURES, clusterRows } from './rows-cluster.ts';

export function absoluteLines(figures: Figures, profile: Profile): Line[] {
  return linesOf[profile].flatMap(([figure, name, unit]) => {
    const value = figures.median(figure);
    return value === undefined ? [] : [{ name, value, unit }];
  });
}

export const targetRows = (figures: Figures, profile: Profile): Row[] => rowsOf[profile](figures);

const rowsOf: Record<Profile, (figures: Figures) => Row[]> = {
  embedded: embeddedRows,
  cluster: clusterRows,
  access: accessRows,
};

function embeddedRows(figures: Figures): Row[] {
  const of = (name: string): number => figures.median(name) ?? Number.NaN;
  // Deliveries in a thread of their own help only where there is a core for it: the better form counts.
  const thin = (name: string): number =>
    Math.max(...[`thin.${name}`, `thin-thread.${name}`].map(of).filter((v) => !Number.isNaN(v)));
  const thinMicros = Math.min(
    ...['thin', 'thin-thread'].map((one) => of(`${one}.fan10.micros`)).filter((v) => !Number.isNaN(v)),
  );

  return [
    row(
      'POST /v1/events / bare node:http',
      '×',
      atLeast(0.4),
      of('hub.single') / of('http'),
      thin('single') / of('http'),
    ),
    row(
      '50 events a POST / single',
      '×',
      atLeast(8),
      of('hub.fifty') / of('hub.single'),
      thin('fifty') / thin('single'),
    ),
    row(
      'end to end, fan-out 1, events/s / bare node:http',
      '×',
      atLeast(0.4),
      of('hub.fan1') / of('http'),
      thin('fan1') / of('http'),
    ),
    row(
      'end to end, fan-out 10, deliveries/s / undici `request`',
      '×',
      atLeast(0.5),
      of('hub.fan10') / of('undici.request'),
      thin('fan10') / of('undici.request'),
    ),
    row(
      'hub / naive build, fan-out 1',
      '×',
      atLeast(15),
      of('hub.fan1') / of('naive.fan1'),
      thin('fan1') / of('naive.fan1'),
    ),
    row(
      'hub / naive build, fan-out 10',
      '×',
      atLeast(25),
      of('hub.fan10') / of('naive.fan10'),
      thin('fan10') / of('naive.fan10'),
    ),
    row(
      "CPU a delivery at fan-out 10 / bare undici's",
      '×',
      atMost(2.2),
      of('hub.fan10.micros') / of('undici.request.micros'),
      thinMicros / of('undici.request.micros'),
    ),
    row(
      'publish cost, many subscriptions / few (10 match)',
      '×',
      atMost(1.5),
      of('subscriptions.many.micros') / of('subscriptions.few.micros'),
    ),
    row(
      'publish and deliver cost, long history / empty store',
      '×',
      atMost(1.2),
      of('history.full.micros') / of('history.empty.micros'),
    ),
    row(
      'backlog drained / steady rate (fan-out 10)',
      '×',
      atLeast(0.8),
      of('hub.backlog') / of('hub.fan10'),
      of('thin.backlog') / of('thin.fan10'),
    ),
    row(
      'healthy rate, 1 of 8 hanging and 50 failing / all well',
      '×',
      atLeast(0.9),
      of('lanes.healthyDuring') / of('lanes.healthyBefore'),
    ),
    row('their p95 / all well', '×', atMost(1.2), of('lanes.p95During') / of('lanes.p95Before')),
    row(
      'accepted → received at a third of the maximum, p50',
      'ms',
      atMost(2),
      of('hub.third.p50'),
      of('thin.third.p50'),
    ),
    row(
      'accepted → received at a third of the maximum, p99',
      'ms',
      atMost(25),
      of('hub.third.p99'),
      of('thin.third.p99'),
    ),
    row(
      'sent → received: p99 at 40 % of the maximum / p99 at 200 events/s',
      '×',
      atMost(5),
      of('hub.forty.sent.p99') / of('hub.at200.sent.p99'),
    ),
    row('memory at full load', 'MiB', atMost(500), of('hub.memory.full'), of('thin.memory.full')),
    row('memory idle', 'MiB', atMost(150), of('hub.memory.idle')),
    row('start to first accepted event', 's', atMost(1), of('hub.start') / 1000),
  ];
}

const FIGURES: [figure: string, name: string, unit: string][] = [
  ['http', 'bare node:http, POST', '/s'],
  ['http.fifty', 'bare node:http, 50 events a POST', 'events/s'],
  ['sqlite.each', 'SQLite FULL, a commit each', 'rows/s'],
  ['sqlite.group', 'SQLite FULL, 64 a commit', 'rows/s'],
  ['undici.request', 'undici request', '/s'],
  ['undici.request.micros', 'undici request, CPU', 'µs'],
  ['undici.dispatch', 'undici dispatch', '/s'],
  ['undici.dispatch.micros', 'undici dispatch, CPU', 'µs'],
  ['hmac.micros', 'HMAC-SHA-256, cached KeyObject', 'µs'],
  ...programFigures('thin', 'thin pipeline'),
  ...programFigures('thin-thread', 'thin pipeline, worker thread'),
  ...programFigures('naive', 'naive build'),
  ...programFigures('hub', 'hub'),
  ...latencyFigures('thin.third', 'thin pipeline, at a third of its maximum'),
  ...latencyFigures('hub.at200', 'hub, at 200 events/s'),
  ...latencyFigures('hub.third', 'hub, at a third of its maximum'),
  ...latencyFigures('hub.forty', 'hub, at 40 % of its maximum'),
  ['lanes.healthyBefore', 'seven healthy endpoints, all well', 'deliveries/s'],
  ['lanes.healthyDuring', 'seven healthy endpoints, one hanging and 50 failing', 'deliveries/s'],
  ['subscriptions.few.micros', 'hub, publish with few subscriptions, CPU', 'µs'],
  ['subscriptions.many.micros', 'hub, publish with many subscriptions, CPU', 'µs'],
  ['history.empty.micros', 'hub, publish and deliver, empty store, CPU', 'µs'],
  ['history.full.micros', 'hub, publish and deliver, long history, CPU', 'µs'],
];

function programFigures(key: string, name: string): [string, string, string][] {
  return [
    [`${key}.single`, `${name}, POST of one event`, '/s'],
    [`${key}.fifty`, `${name}, 50 events a POST`, 'events/s'],
    [`${key}.fan1`, `${name}, end to end, fan-out 1`, 'events/s'],
    [`${key}.fan10`, `${name}, end to end, fan-out 10`, 'deliveries/s'],
    [`${key}.fan10.micros`, `${name}, CPU a delivery at fan-out 10`, 'µs'],
    [`${key}.backlog`, `${name}, backlog drained at fan-out 10`, 'deliveries/s'],
  ];
}

/** Sent is when the post was due, accepted when its 202 was there. */
function latencyFigures(key: string, name: string): [string, string, string][] {
  return [
    [`${key}.p50`, `${name}, accepted → received, p50`, 'ms'],
    [`${key}.p99`, `${name}, accepted → received, p99`, 'ms'],
    [`${key}.sent.p50`, `${name}, sent → received, p50`, 'ms'],
    [`${key}.sent.p99`, `${name}, sent → received, p99`, 'ms'],
  ];
}

const linesOf: Record<Profile, readonly [figure: string, name: string, unit: string][]> = {
  embedded: FIGURES,
  cluster: CLUSTER_FIGURES,
  access: ACCESS_FIGURES,
};
