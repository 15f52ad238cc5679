import { revocationLevels, revoke, suspend, unsuspend } from '#src/access';
import {
  type Count,
  findReceipt,
  levels,
  liftSuspension,
  type Preview,
  previewRevocation,
  revokeAccess,
  type StaffReceipt,
  suspendAccess,
  suspensionLevels,
} from '#src/revocations';
import { type Input, isOn, oneOf, type Terminal, textOf, wrong } from './command.ts';

const suspendable = [...suspensionLevels, 'installation'] as const;

export async function revokeLevel(terminal: Terminal, input: Input): Promise<void> {
  const { level, id } = subjectOf(input, revocationLevels);
  if (isOn(input, 'preview'))
    return showPreview(terminal, input, oneOf(levels, level, 'A level to look at'), id);
  const reason = textOf(input, 'reason') ?? (level === 'token' ? 'user' : null);
  if (reason === null) throw wrong('--reason is needed: it is what the audit trail will say.');
  const note = textOf(input, 'note');
  const ports = await terminal.open();
  const done =
    level === 'installation'
      ? { ...(await revoke(ports, { level, id, reason, note, actor: 'cli' })), already: false }
      : await revokeAccess(ports, 'cli', { level, id, reason, note }).then(({ receipt, already }) => ({
          id: receipt.id,
          already,
        }));
  terminal.out(isOn(input, 'json') ? JSON.stringify({ id: done.id, already: done.already }) : done.id);
  terminal.note(
    done.already
      ? 'It had been revoked before, and nothing was made since; this is the receipt of that.'
      : `Revoked. A running hub refuses it from now on and cancels what is queued: patchbay receipt ${done.id}`,
  );
}

export async function suspendLevel(terminal: Terminal, input: Input): Promise<void> {
  const { level, id } = subjectOf(input, suspendable);
  const reason = textOf(input, 'reason');
  if (reason === null) throw wrong('--reason is needed: it is what the audit trail will say.');
  const ports = await terminal.open();
  if (level === 'installation') await suspend(ports, { level, id, reason, actor: 'cli' });
  else await suspendAccess(ports, 'cli', { level, id, reason });
  terminal.out(`${level}:${id} suspended`);
}

export async function unsuspendLevel(terminal: Terminal, input: Input): Promise<void> {
  const { level, id } = subjectOf(input, suspendable);
  const ports = await terminal.open();
  if (level === 'installation') await unsuspend(ports, { level, id, actor: 'cli' });
  else await liftSuspension(ports, 'cli', { level, id });
  terminal.out(`${level}:${id} active`);
}

export async function showReceipt(terminal: Terminal, input: Input): Promise<void> {
  const receipt = await findReceipt(await terminal.open(), input.args[0] ?? '');
  if (isOn(input, 'json')) return terminal.out(JSON.stringify(receipt, null, 2));
  for (const line of receiptLines(receipt)) terminal.out(line);
}

async function showPreview(
  terminal: Terminal,
  input: Input,
  level: Preview['level'],
  id: string,
): Promise<void> {
  const ports = await terminal.open();
  const preview = await previewRevocation(ports, { level, id, reason: textOf(input, 'reason') ?? undefined });
  if (isOn(input, 'json')) return terminal.out(JSON.stringify(preview, null, 2));
  for (const line of previewLines(preview)) terminal.out(line);
  terminal.note('Nothing was stopped: this is what would be.');
}

const counted = ({ count, at_least }: Count): string => `${at_least ? 'at least ' : ''}${count}`;

function previewLines(seen: Preview): string[] {
  const { made, deliveries } = seen;
  const last = seen.last_revocation;
  return [
    `${seen.level} ${seen.id}${seen.name === null ? '' : ` (${seen.name})`}: ${seen.standing}`,
    ...(last ? [`revoked before: ${last.created_at} for ${last.reason}, ${last.id}`] : []),
    `tokens         ${counted(seen.tokens.total)}`,
    ...(seen.level === 'token'
      ? [
          `made by it     ${counted(made.tokens)} tokens, ${counted(made.subscriptions)} subscriptions: ${seen.made_stops ? 'stop, too' : 'go on'}`,
        ]
      : []),
    `consents       ${counted(seen.grants)}`,
    `subscriptions  ${counted(seen.subscriptions)}`,
    `deliveries     ${counted(deliveries.queued)} queued, ${counted(deliveries.held)} held`,
    `sessions       ${counted(seen.sessions)}`,
    `touches        ${counted(seen.accounts)} accounts, ${counted(seen.users)} people`,
  ];
}

function receiptLines(receipt: StaffReceipt): string[] {
  const { stopped } = receipt;
  const known = (n: number | null): string => (n === null ? 'not counted' : String(n));
  return [
    `${receipt.level} ${receipt.subject}, revoked ${receipt.created_at} for ${receipt.reason} by ${receipt.actor}`,
    receipt.completed_at === null
      ? 'still filling: nothing gets in and nothing leaves, the rest is being counted'
      : `complete since ${receipt.completed_at}`,
    `in effect after  ${receipt.effect_ms === null ? 'not measured' : `${receipt.effect_ms} ms`}`,
    `tokens           ${known(stopped.tokens)}`,
    `consents         ${known(stopped.grants)}`,
    `subscriptions    ${known(stopped.subscriptions)}`,
    `sessions         ${known(stopped.sessions)}`,
    `cancelled        ${receipt.cancelled} deliveries`,
    `last that left   ${receipt.last_sent_at === null ? 'none' : `${receipt.last_sent_at} (${receipt.last_delivery ?? 'unknown'})`}`,
    ...(receipt.note === null ? [] : [`note             ${receipt.note}`]),
  ];
}

function subjectOf<T extends string>({ args }: Input, known: readonly T[]): { level: T; id: string } {
  const [level = '', id = ''] = args;
  const found = oneOf(known, level, 'A level');
  if (id === '' && found !== 'installation') throw wrong(`Which ${found}? Its id is needed.`);
  return { level: found, id: found === 'installation' ? '' : id };
}
