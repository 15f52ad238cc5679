/** The end of the demo: what happened, as a table that a person can read. Nothing here is counted, only laid out. */
import type { Check } from './check.ts';
import { dayName } from './clock.ts';
import type { Counts, EndpointCount, Latency } from './count.ts';
import { inState } from './observe.ts';
import { count, left, milliseconds, type Paint, right } from './paint.ts';

export const width = 92;

export function reportOf(counts: Counts, seconds: number, paint: Paint): string[] {
  return [
    title(`One day in Houston · ${dayName}`, `${counts.sent} events in ${seconds.toFixed(1)} s`, paint),
    '',
    ...summary(counts, paint),
    '',
    ...endpointTable(counts.endpoints, paint),
  ];
}

export function checksOf(checks: readonly Check[], paint: Paint): string[] {
  return [
    title('Counted twice', 'API answers, store and receivers against each other', paint),
    '',
    ...checks.map(({ claim, isTrue, detail }) =>
      isTrue
        ? `  ${paint.good('✓')} ${claim}`
        : `  ${paint.bad('✗')} ${claim}  ${paint.bad(`DOES NOT AGREE: ${detail}`)}`,
    ),
  ];
}

export function title(text: string, aside: string, paint: Paint): string {
  return `${left(`  ${paint.bold(text)}`, width - aside.length)}${paint.dim(aside)}\n  ${paint.dim('─'.repeat(width - 2))}`;
}

function summary(counts: Counts, paint: Paint): string[] {
  const { answers, states, retried, again, signatures, latency, heldReasons } = counts;
  const answer = (name: string) => answers.get(name) ?? 0;
  const held = [...heldReasons].map(([reason, n]) => `${n} ${heldWords[reason] ?? reason}`);
  const rows: [string, number, string][] = [
    ['accepted', answer('accepted'), 'answered only after they were durable'],
    ['duplicate', answer('duplicate'), 'sent again by the publisher, and known again: nobody got them twice'],
    ['quarantined', answer('quarantined'), 'the data breaks its schema: kept, and delivered to nobody'],
    ['invalid', answer('invalid'), 'the envelope is wrong: 422, nothing kept'],
    ["hub's own", counts.ownEvents.length, [...new Set(counts.ownEvents.map(({ type }) => type))].join(', ')],
    ['', 0, ''],
    ['delivered', inState(states, 'delivered'), ''],
    ['retried', retried.all, `${retried.delivered} of them delivered by a later attempt`],
    [
      'waiting',
      inState(states, 'retrying', 'pending', 'leased'),
      'for their next attempt; the schedule goes on for 27 hours',
    ],
    ['held', inState(states, 'held'), held.join(', ')],
    ['dead', inState(states, 'dead'), 'after the eighth failed attempt'],
    ['cancelled', inState(states, 'cancelled'), 'where a subscription was deleted or a grant revoked'],
    [
      'duplicates',
      again.afterSuccess,
      `after a 2xx; ${again.afterFailure} came again after a failure, with the same webhook-id`,
    ],
    [
      'signatures',
      signatures.v1 + signatures.v1a,
      `good: ${signatures.v1} by standardwebhooks, ${signatures.v1a} by Ed25519; ${signatures.refused} forged, refused`,
    ],
  ];
  return [
    ...rows.map(([name, n, words]) =>
      name === '' ? '' : `  ${left(name, 12)} ${paint.bold(right(String(n), 5))}  ${paint.dim(words)}`,
    ),
    '',
    paint.dim('  from accepted to received:'),
    latencyLine('first attempts, once the endpoint had its first success', latency.proven, paint),
    latencyLine('first attempts; a new endpoint gets one event a second at first', latency.firstTry, paint),
    latencyLine('any attempt, retries included', latency.all, paint),
  ];
}

const heldWords: Readonly<Record<string, string>> = {
  gone: 'answered 410 Gone',
  subscription_disabled: 'behind it, as its subscription is disabled',
};

function latencyLine(name: string, { p50, p99 }: Latency, paint: Paint): string {
  const part = (label: string, ms: number | null) => `${label} ${paint.bold(right(milliseconds(ms), 6))}`;
  return `  ${part('p50', p50)}  ${part('p99', p99)}  ${paint.dim(name)}`;
}

const columns = [32, 6, 6, 6, 5, 5, 8, 8] as const;

function endpointTable(endpoints: readonly EndpointCount[], paint: Paint): string[] {
  const head = ['', 'deliv.', 'retr.', 'wait.', 'held', 'dead', 'p50', 'p99'];
  return [
    paint.dim(tableLine(head)),
    ...endpoints.flatMap(({ endpoint, states, retried, latency }) => [
      tableLine([
        endpoint.plan.title,
        cell(inState(states, 'delivered'), paint.good, paint),
        cell(retried, paint.busy, paint),
        cell(inState(states, 'retrying', 'pending', 'leased'), paint.busy, paint),
        cell(inState(states, 'held'), paint.busy, paint),
        cell(inState(states, 'dead'), paint.bad, paint),
        milliseconds(latency.p50),
        milliseconds(latency.p99),
      ]),
      `    ${paint.dim(endpoint.plan.about)}`,
    ]),
  ];
}

function cell(n: number, colour: (text: string) => string, paint: Paint): string {
  return n === 0 ? paint.dim('·') : colour(String(n));
}

function tableLine(cells: readonly string[]): string {
  return `  ${cells.map((text, i) => (i === 0 ? left(text, columns[0]) : right(text, columns[i] ?? 6))).join(' ')}`;
}

export const closing = (failed: number, paint: Paint): string =>
  failed === 0
    ? `  ${paint.good('All of it agrees.')}`
    : `  ${paint.bad(`${count(failed, 'count does', 'counts do')} not agree: this is a fault, please report it with the lines above.`)}`;

export const lookFurther = (paint: Paint): string[] => [
  `  ${paint.bold('npm run demo -- --stay')}  ${paint.dim('keeps the hub up, with tokens and commands to try')}`,
  `  ${paint.bold('npm start')}               ${paint.dim('a hub of your own, on port 8080')}`,
  '',
];
