import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { lateMs } from './ledger.ts';
import type { Measured } from './measure.ts';

/** Markdown that reads well in a terminal too. */
export function writeReport(measured: Measured[]): string {
  const rows = measured.map(cellsOf);
  const problems = measured.flatMap(({ name, failures }) => failures.map((what) => `- ${name}: ${what}`));
  return [
    `${cpus()[0]?.model.trim() ?? 'Unknown CPU'}, ${availableParallelism()} cores, shared with publishers and receivers; Node ${process.versions.node}; ${new Date().toISOString().slice(0, 10)}.`,
    '',
    ...table(head, rows),
    '',
    `Lost: accepted, and not arrived at each of its endpoints. Duplicates: arrived again, each with the same \`webhook-id\` and the same body, else the run fails. Publishers: what a call ended in that was no 202; each was repeated with the same ids until it was, and "known" counts the events that the repeated call found accepted already. Longest publish: from an event's first call to its 202. Served again: from the fault until every endpoint has got an event that was accepted after it. Caught up: from the fault until the last delivery that came more than ${lateMs / 1_000} s after its 202. Longest wait: from a 202 to the arrival, the worst of each round. Late settles: attempts whose lease was lost meanwhile; the store wrote nothing of them.`,
    ...(problems.length === 0 ? [] : ['', 'What must not be:', ...problems]),
  ].join('\n');
}

const head = [
  'fault',
  'times',
  'accepted',
  'deliveries',
  'lost',
  'duplicates',
  'publishers: errors / known',
  'longest publish, s',
  'served again, s: median / max',
  'caught up, s: median / max',
  'longest wait, s: median / max',
  'late settles',
];

function cellsOf({ title, times, verdict, publishers, recoveries, lateSettles }: Measured): string[] {
  const errors = Object.entries(publishers.errors).map(([what, count]) => `${count} ${what}`);
  return [
    title,
    String(times),
    String(verdict.accepted),
    String(verdict.deliveries),
    String(verdict.lost.length),
    String(verdict.duplicates),
    `${errors.join(', ') || 0} / ${publishers.duplicates}`,
    (publishers.longestMs / 1_000).toFixed(1),
    medianAndMax(recoveries.map(({ servedAgainMs }) => servedAgainMs ?? Number.POSITIVE_INFINITY)),
    medianAndMax(recoveries.map(({ caughtUpMs }) => caughtUpMs)),
    medianAndMax(recoveries.map(({ longestWaitMs }) => longestWaitMs)),
    String(lateSettles),
  ];
}

function medianAndMax(values: number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const seconds = (ms: number | undefined): string => (ms === undefined ? '—' : (ms / 1_000).toFixed(1));
  return `${seconds(sorted[Math.floor((sorted.length - 1) / 2)])} / ${seconds(sorted.at(-1))}`;
}

function table(titles: string[], rows: string[][]): string[] {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)];
}

const [start, end] = ['<!-- faults:start -->', '<!-- faults:end -->'];

/** Puts the table between the two marks of a page, and touches nothing else of it. */
export function writeBetweenMarks(file: string, text: string): void {
  const page = readFileSync(file, 'utf8');
  const { from, to } = marksOf(file, page);
  writeFileSync(file, `${page.slice(0, from)}\n${text}\n${page.slice(to)}`);
}

/** Before a run of minutes, not after it. */
export function requireMarks(file: string): void {
  marksOf(file, readFileSync(file, 'utf8'));
}

function marksOf(file: string, page: string): { from: number; to: number } {
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no ${start} … ${end}`);
  return { from: from + start.length, to };
}
