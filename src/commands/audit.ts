import * as z from 'zod';
import { findAccount } from '#src/access';
import { type AuditEntry, readAudit, recordAudit } from '#src/audit';
import { type Input, oneOf, type Terminal, textOf, wrong } from './command.ts';

const rowsPerLook = 500;
const columns = ['position', 'at', 'actor', 'action', 'subject', 'account', 'request_id', 'detail'] as const;

/** Row by row, so that a trail of any length needs no memory. Who copies it is on record before the first row leaves. */
export async function exportAudit(terminal: Terminal, input: Input): Promise<void> {
  const format = oneOf(['jsonl', 'csv'], textOf(input, 'format') ?? 'jsonl', 'A format');
  const [since, until] = [instantOf(input, 'since'), instantOf(input, 'until')];
  if (since && until && since >= until) throw wrong('--since lies before --until.');
  const ports = await terminal.open();
  const named = textOf(input, 'account');
  const account = named === null ? null : (await findAccount(ports, named)).id;
  const window = { since, until: until ?? ports.clock.now(), account };
  const state = { after: textOf(input, 'after'), rows: 0 };
  const next = (limit: number) => readAudit(ports, window, { limit, after: state.after ?? undefined });
  const most = terminal.mostLines ?? Infinity;
  const header = format === 'csv' && state.after === null ? 1 : 0;
  const mostRows = most - header;

  let page = await next(Math.min(rowsPerLook, mostRows));
  await ports.store.write((db) => [
    recordAudit(db, ports, {
      actor: 'cli',
      action: 'audit.export',
      subject: 'audit',
      accountId: account,
      detail: { since: since?.toISOString() ?? null, until: window.until.toISOString(), format },
    }),
  ]);
  if (header) terminal.out(columns.join(','));
  for (;;) {
    for (const entry of page.data) terminal.out(format === 'csv' ? csvOf(entry) : JSON.stringify(entry));
    state.rows += page.data.length;
    state.after = page.next_cursor;
    if (state.after === null || state.rows >= mostRows) break;
    page = await next(Math.min(rowsPerLook, mostRows - state.rows));
  }
  terminal.note(`${state.rows} rows, up to ${window.until.toISOString()}.`);
  if (state.after === null) return;
  terminal.note(`That is not all. Go on with the same options and --after ${state.after}`);
  terminal.fail(2);
}

const instant = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** A day is its midnight in UTC. */
function instantOf(input: Input, name: 'since' | 'until'): Date | null {
  const text = textOf(input, name);
  if (text === null) return null;
  if (!instant.safeParse(text).success)
    throw wrong(`--${name} is a day (2026-11-01) or an instant (2026-11-01T08:00:00Z).`);
  return new Date(text);
}

/** RFC 4180, with `detail` as JSON. No cell begins as a formula does: each is a number, a time, a word, an id or `{`. */
const csvOf = (entry: AuditEntry): string => columns.map((name) => cellOf(entry[name])).join(',');

function cellOf(value: AuditEntry[keyof AuditEntry]): string {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
