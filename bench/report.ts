import { readFileSync, writeFileSync } from 'node:fs';
import type { Figures } from './figures.ts';
import type { Machine } from './machine.ts';
import type { Options, Profile } from './options.ts';
import { absoluteLines, targetRows } from './rows.ts';
import type { Row } from './row.ts';

export type Report = {
  machine: Machine;
  options: Options;
  figures: Figures;
  eventBytes: number;
  failures: string[];
};

/** Markdown that reads well in a terminal too. */
export function writeReport(report: Report): string {
  const { machine, options, figures, failures } = report;
  const rounds = options.rounds === 1 ? 'one short round' : `medians of ${options.rounds} interleaved rounds`;
  return [
    ...Object.entries(machine).map(([name, value]) => `- ${name}: ${value}`),
    `- run: profile ${options.profile}, ${rounds}, ${sentOf[options.profile](report)}`,
    `- sizes: ${sizesOf[options.profile](options)}`,
    '',
    ...table(['ratio', 'thin', 'hub', 'target', ''], targetRows(figures, options.profile).map(ratioCells)),
    '',
    ...table(
      ['measured', 'figure', ''],
      absoluteLines(figures, options.profile).map(({ name, value, unit }) => [name, amount(value), unit]),
    ),
    ...(failures.length === 0 ? [] : ['', 'Not measured:', ...failures.map((failure) => `- ${failure}`)]),
  ].join('\n');
}

const sentOf: Record<Profile, (report: Report) => string> = {
  embedded: ({ eventBytes }) => `one event is ${eventBytes} bytes`,
  cluster: ({ eventBytes }) => `one event is ${eventBytes} bytes`,
  access: () => 'a request has two bytes of body and the token of an app: five levels and the plan’s day',
};
const servers =
  'PostgreSQL with fsync and synchronous_commit on, Redis without persistence, all on this machine';
const sizesOf: Record<Profile, (options: Options) => string> = {
  embedded: ({ subscriptions, history, backlog }) =>
    `subscriptions ${subscriptions.map(thousands).join(' and ')}, history ${thousands(history)}, backlog ${thousands(backlog)}`,
  cluster: ({ history }) => `history ${thousands(history)}; ${servers}`,
  access: () => servers,
};

export function toJson({ machine, options, figures, eventBytes, failures }: Report): string {
  return `${JSON.stringify({ machine, options, eventBytes, rows: targetRows(figures, options.profile), figures: figures.all(), failures }, null, 2)}\n`;
}

const marks: Record<Profile, [start: string, end: string]> = {
  embedded: ['<!-- bench:start -->', '<!-- bench:end -->'],
  cluster: ['<!-- bench:cluster:start -->', '<!-- bench:cluster:end -->'],
  access: ['<!-- bench:access:start -->', '<!-- bench:access:end -->'],
};

/** Puts the tables between the two marks of a document, and touches nothing else of it. */
export function writeBetweenMarks(file: string, text: string, profile: Profile): void {
  writeFileSync(file, replaceBetweenMarks(readFileSync(file, 'utf8'), text, profile));
}

/** Before a run of minutes, not after it. */
export function requireMarks(file: string, profile: Profile): void {
  replaceBetweenMarks(readFileSync(file, 'utf8'), '', profile);
}

export function replaceBetweenMarks(page: string, text: string, profile: Profile): string {
  const [first, last] = marks[profile];
  const [start, end] = [page.indexOf(first), page.indexOf(last)];
  if (start < 0 || end < start) throw new Error(`the page has no ${first} … ${last}`);
  return `${page.slice(0, start + first.length)}\n${text}\n${page.slice(end)}`;
}

function ratioCells(row: Row): string[] {
  const shown = (value: number | undefined): string =>
    value === undefined ? '—' : `${amount(value)} ${row.unit}`.trim();
  const sign = row.target.kind === 'at least' ? '≥' : '≤';
  const verdict = row.isMet === undefined ? 'not measured' : row.isMet ? 'met' : 'missed';
  return [
    row.name,
    shown(row.thin),
    shown(row.hub),
    `${sign} ${row.target.value} ${row.unit}`.trim(),
    verdict,
  ];
}

function table(head: string[], rows: string[][]): string[] {
  const widths = head.map((title, at) =>
    Math.max(title.length, 3, ...rows.map((cells) => (cells[at] ?? '').length)),
  );
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

function amount(value: number): string {
  if (value >= 1000) return thousands(Number(value.toPrecision(3)));
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
