import type { Ctx } from '#src/context';
import { findQuarantined, hubCaller, listQuarantined, redrive } from '#src/events';
import { type Input, isOn, show, type Terminal, textOf, wrong } from './command.ts';

export async function listQuarantine(terminal: Terminal, input: Input): Promise<void> {
  const limit = Number(textOf(input, 'limit') ?? 20);
  if (!Number.isInteger(limit) || limit < 1) throw wrong('--limit is a whole number above 0.');
  const { data } = await listQuarantined(await entered(terminal, input), { limit });
  if (isOn(input, 'json')) return terminal.out(JSON.stringify(data, null, 2));
  show(
    terminal,
    input,
    data.map(({ id, type, schema_version, subject, accepted_at, reasons }) => ({
      id,
      type: `${type} v${schema_version}`,
      subject,
      received: accepted_at,
      why: reasons.map(({ pointer, detail }) => `${pointer || '/'} ${detail}`).join(' | '),
    })),
  );
}

export async function showOne(terminal: Terminal, input: Input): Promise<void> {
  const event = await findQuarantined(await entered(terminal, input), input.args[0] ?? '');
  terminal.out(JSON.stringify(event, null, 2));
}

export async function redriveOne(terminal: Terminal, input: Input): Promise<void> {
  const file = textOf(input, 'file');
  const version = textOf(input, 'schemaVersion');
  const done = await redrive(await entered(terminal, input), input.args[0] ?? '', {
    data: file === null ? undefined : objectIn(file, await terminal.readFile(file)),
    schemaVersion: version === null ? undefined : Number(version),
  });
  terminal.out(`${done.id} ${done.status}`);
  terminal.note(`Accepted with its old sequence number, ${done.sequence}; a running hub delivers it now.`);
}

/** Whoever has the data folder may do what a publisher may. */
async function entered(terminal: Terminal, input: Input): Promise<Ctx> {
  const ports = await terminal.open();
  const caller = hubCaller(isOn(input, 'test') ? 'test' : 'live', ['events:publish']);
  return { ...ports, caller: { ...caller, tokenId: 'cli' }, requestId: ports.ids.newId('req') };
}

function objectIn(file: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>; // An object of JSON has words for keys.
  } catch {
    // Said below, in the same words as for a list or a number.
  }
  throw wrong(`${file} does not hold a JSON object.`);
}
