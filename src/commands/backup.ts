import { settleBackup, type SinceBackup } from '#src/access';
import { type Input, isOn, listOf, machineOf, type Terminal, textOf, wrong } from './command.ts';

export async function backup(terminal: Terminal, input: Input): Promise<void> {
  const { machine } = await onSqlite(terminal, 'Use pg_dump or a base backup: docs/deploy.md.');
  const made = await machine.backup(input.args[0] ?? '');
  terminal.out(isOn(input, 'json') ? JSON.stringify(made) : made.file);
  terminal.note(
    `${made.events} events, ${made.bytes} bytes, whole. The keys are not in it: without keys.json (or PATCHBAY_MASTER_KEYS and PATCHBAY_PEPPERS) it opens nothing. Keep them elsewhere.`,
  );
}

export async function restore(terminal: Terminal, input: Input): Promise<void> {
  const { machine, facts } = await onSqlite(
    terminal,
    'Use pg_restore, then patchbay restored: docs/deploy.md.',
  );
  if (facts.folder.keysMode === null && !(facts.hasMasterKeysSet && facts.hasPeppersSet)) {
    throw wrong(
      `There are no keys: put keys.json into ${facts.folder.path}, or set PATCHBAY_MASTER_KEYS and PATCHBAY_PEPPERS as they were.`,
    );
  }
  // Before anything is touched: what cannot be settled is not restored.
  const since = await sinceBackup(terminal, input);
  const { keptAside } = await machine.restore(input.args[0] ?? '', isOn(input, 'hubIsStopped'));
  if (keptAside) terminal.note(`The database that was there is now ${keptAside}.`);
  await settle(terminal, input, since);
}

export async function restored(terminal: Terminal, input: Input): Promise<void> {
  await settle(terminal, input, await sinceBackup(terminal, input));
}

async function sinceBackup(terminal: Terminal, input: Input): Promise<SinceBackup> {
  const isAll = isOn(input, 'revokeAll');
  const isNothing = isOn(input, 'nothingSince');
  const paths = listOf(textOf(input, 'journal'));
  if ([isAll, isNothing, paths.length > 0].filter(Boolean).length > 1)
    throw wrong('Choose one of --journal, --revoke-all and --nothing-since.');
  if (isAll) return { kind: 'all' };
  if (isNothing) return { kind: 'nothing' };
  const journal = (await (await terminal.machine())?.readJournals(paths)) ?? null;
  return journal ? { kind: 'journal', ...journal } : { kind: 'all' };
}

async function settle(terminal: Terminal, input: Input, since: SinceBackup): Promise<void> {
  const { revoked } = await settleBackup(await terminal.open(), since);
  terminal.out(
    isOn(input, 'json') ? JSON.stringify({ since: since.kind, revoked }) : `restored (${since.kind})`,
  );
  terminal.note(words[since.kind](revoked));
}

const words: Record<SinceBackup['kind'], (revoked: number) => string> = {
  all: () =>
    'Nobody knows what was revoked after the backup, so everything is: make every token anew, and every subscription; what was queued is cancelled. A revocation journal would have spared that.',
  journal: (revoked) =>
    `The journal is replayed: ${revoked} revocation(s) and suspension(s) were not in the backup.`,
  nothing: () => 'Nothing is revoked: by your word no hub ran after the backup was made.',
};

async function onSqlite(terminal: Terminal, instead: string) {
  const machine = await machineOf(terminal);
  const facts = await machine.inspect();
  if (facts.database.kind === 'sqlite') return { machine, facts };
  throw wrong(`This hub is on PostgreSQL. ${instead}`);
}
