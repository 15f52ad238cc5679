import { closeCase, listCases } from '#src/cases';
import { type Input, isOn, needed, show, type Terminal } from './command.ts';

export async function showCases(terminal: Terminal, input: Input): Promise<void> {
  const rows = await listCases(await terminal.open(), isOn(input, 'all') ? 'all' : 'open');
  show(
    terminal,
    input,
    rows.map(({ id, kind, subject, state, createdAt, evidence }) => ({
      id,
      kind,
      subject,
      state,
      at: createdAt.toISOString(),
      evidence,
    })),
  );
}

export async function endCase(terminal: Terminal, input: Input): Promise<void> {
  const [id = ''] = input.args;
  await closeCase(await terminal.open(), 'cli', { id, note: needed(input, 'note') });
  terminal.out(`${id} closed`);
  terminal.note('What it suspended stays so: patchbay unsuspend grant …, or patchbay revoke grant …');
}
