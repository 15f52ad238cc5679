import { machineOf, type Terminal, wrong } from './command.ts';

export async function migrate(terminal: Terminal): Promise<void> {
  const machine = await machineOf(terminal);
  const { database } = await machine.inspect();
  if (database.fault !== null) throw wrong(database.fault);
  await machine.migrate();
  const missing = database.migrations?.missing;
  terminal.out(missing === 0 ? 'nothing to do' : `${missing ?? 'all'} migration(s) applied`);
}
