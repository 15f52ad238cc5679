import type { JournalLine } from '#src/access';
import type { Ports } from '#src/context';
import type { DeploymentFacts } from '#src/doctor';
import { PatchbayError } from '#src/errors';

/** One verb of `patchbay`, as data: its help costs nothing, and its code is loaded when it runs. */
export type Command = {
  /** As it is typed: `token create`. */
  name: string;
  summary: string;
  /** In commander's form: `<id>`, `[id]`, with a description. */
  arguments?: readonly (readonly [form: string, description: string])[];
  options?: readonly (readonly [flags: string, description: string])[];
  examples: readonly string[];
  run(terminal: Terminal, input: Input): Promise<void>;
};

export type Input = { args: readonly string[]; options: Readonly<Record<string, unknown>> };

/** What the host lends: the composition opens the hub, the terminal shows what became of it. */
export type Terminal = {
  /** The answer, on stdout: what another program may read. */
  out(line: string): void;
  /** For people, on stderr. */
  note(line: string): void;
  /** The exit code will be this (default: 1); what was said stands. */
  fail(code?: 1 | 2): void;
  /** The hub's ports on the data folder, whether or not the hub runs beside. */
  open(): Promise<Ports>;
  /** The deployment as a machine sees it, without opening the hub. Null where there is none: at the edge. */
  machine(): Promise<Machine | null>;
  readFile(path: string): Promise<string>;
  /** HTTP to the hub itself, and to the address that its operator names: no endpoint of a stranger, so no guard. */
  call(request: CallRequest): Promise<CallAnswer>;
  /** Resolves with ctrl-c. */
  stopped(): Promise<void>;
  /** A worker or a relay in this process, with these variables over the environment. Only a machine can. */
  serve?: (role: 'pull' | 'relay', over: Record<string, string>) => Promise<{ stop(): Promise<void> }>;
  hubUrl: string | null;
  /** How many lines one answer holds, where it does not stream. */
  mostLines?: number;
};

export type Machine = {
  /** Makes nothing, migrates nothing. */
  inspect(): Promise<DeploymentFacts>;
  migrate(): Promise<void>;
  /** One checked copy of the SQLite file, beside a running hub. */
  backup(to: string): Promise<{ file: string; bytes: number; events: number }>;
  /** Puts a copy in its place; refuses while anybody has the database open. Where the old one went, if there was one. */
  restore(from: string, isHubStopped: boolean): Promise<{ keptAside: string | null }>;
  /** The revocation journals as one: these files, else the one that is configured, else null. */
  readJournals(paths: readonly string[]): Promise<{ sinceMs: number; lines: JournalLine[] } | null>;
};

export type CallRequest = { method: string; url: string; headers: Record<string, string>; body?: string };
export type CallAnswer = { status: number; body: string; date: string | null };

export function textOf({ options }: Input, name: string): string | null {
  const value = options[name];
  return typeof value === 'string' ? value : null;
}

export const isOn = ({ options }: Input, name: string): boolean => options[name] === true;

export function needed(input: Input, name: string): string {
  const value = textOf(input, name);
  if (value === null) throw wrong(`--${name} is needed.`);
  return value;
}

export function oneOf<T extends string>(known: readonly T[], value: string, what: string): T {
  const found = known.find((one) => one === value);
  if (found) return found;
  throw wrong(`${what} is one of ${known.join(', ')}; ${value} is not.`);
}

export const listOf = (text: string | null): string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** For what only a machine has: files, and a look at the deployment from outside. */
export async function machineOf(terminal: Terminal): Promise<Machine> {
  const machine = await terminal.machine();
  if (machine) return machine;
  throw wrong('This needs a machine: run it beside a hub on Node.');
}

/** One readable line; the command ends with exit code 1. */
export const wrong = (text: string): PatchbayError =>
  new PatchbayError('invalid_parameter', { public: text });

/** A plain table for people; programs ask for `--json`. */
export function show(terminal: Terminal, input: Input, rows: readonly Record<string, unknown>[]): void {
  if (isOn(input, 'json')) return terminal.out(JSON.stringify(rows, null, 2));
  const [first] = rows;
  if (!first) return terminal.note('There are none.');
  const names = Object.keys(first);
  const cells = [names, ...rows.map((row) => names.map((name) => cellOf(row[name])))];
  const widths = names.map((_, i) => Math.max(...cells.map((line) => (line[i] ?? '').length)));
  for (const line of cells)
    terminal.out(
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (Array.isArray(value)) return value.map(cellOf).join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
