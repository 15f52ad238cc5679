import { revocationLevels, revoke, suspend, unsuspend } from '#src/access';
import { type Input, isOn, oneOf, type Terminal, textOf, wrong } from './command.ts';

const suspendable = ['grant', 'user', 'app', 'partner', 'account', 'installation'] as const;

export async function revokeLevel(terminal: Terminal, input: Input): Promise<void> {
  const { level, id } = subjectOf(input, revocationLevels);
  const reason = textOf(input, 'reason') ?? (level === 'token' ? 'user' : null);
  if (reason === null) throw wrong('--reason is needed: it is what the audit trail will say.');
  const ports = await terminal.open();
  const receipt = await revoke(ports, { level, id, reason, actor: 'cli' });
  terminal.out(isOn(input, 'json') ? JSON.stringify({ id: receipt.id }) : receipt.id);
  terminal.note(`Revoked. A running hub refuses it from now on and cancels what is queued.`);
}

export async function suspendLevel(terminal: Terminal, input: Input): Promise<void> {
  const { level, id } = subjectOf(input, suspendable);
  const reason = textOf(input, 'reason');
  if (reason === null) throw wrong('--reason is needed: it is what the audit trail will say.');
  await suspend(await terminal.open(), { level, id, reason, actor: 'cli' });
  terminal.out(`${level}:${id} suspended`);
}

export async function unsuspendLevel(terminal: Terminal, input: Input): Promise<void> {
  const { level, id } = subjectOf(input, suspendable);
  await unsuspend(await terminal.open(), { level, id, actor: 'cli' });
  terminal.out(`${level}:${id} active`);
}

function subjectOf<T extends string>({ args }: Input, levels: readonly T[]): { level: T; id: string } {
  const [level = '', id = ''] = args;
  const known = oneOf(levels, level, 'A level');
  if (id === '' && known !== 'installation') throw wrong(`Which ${known}? Its id is needed.`);
  return { level: known, id: known === 'installation' ? '' : id };
}
