import type { Ports } from '#src/context';
import {
  addStaffPerson,
  createStaffToken,
  elevateHolder,
  endRole,
  grantRole,
  isSensitive,
  listStaff,
  permissionNames,
  staffRoles,
} from '#src/staff';
import { type Input, isOn, listOf, needed, oneOf, show, type Terminal, textOf, wrong } from './command.ts';
import { findUser } from './user.ts';

export async function giveRole(terminal: Terminal, input: Input): Promise<void> {
  const ports = await terminal.open();
  const role = oneOf(staffRoles, input.args[1] ?? '', 'A role');
  const userId = isOn(input, 'new')
    ? await newPerson(ports, input.args[0] ?? '')
    : await userOf(ports, input);
  await grantRole(ports, { by: 'cli', userId, role });
  terminal.out(userId);
  terminal.note(`They have the role ${role}. Let them in: patchbay user link ${userId}`);
}

export async function takeRole(terminal: Terminal, input: Input): Promise<void> {
  const ports = await terminal.open();
  const role = oneOf(staffRoles, input.args[1] ?? '', 'A role');
  const userId = await userOf(ports, input);
  await endRole(ports, { by: 'cli', userId, role });
  terminal.out(`${userId} ${role} ended`);
}

export async function showStaff(terminal: Terminal, input: Input): Promise<void> {
  const rows = await listStaff(await terminal.open());
  show(
    terminal,
    input,
    rows.map(({ userId, name, role, grantedBy, since }) => ({
      user: userId,
      name,
      role,
      granted_by: grantedBy,
      since: since.toISOString(),
    })),
  );
}

export async function makeStaffToken(terminal: Terminal, input: Input): Promise<void> {
  const ports = await terminal.open();
  const permissions = listOf(needed(input, 'permissions')).map((name) =>
    oneOf(permissionNames, name, 'A permission'),
  );
  const minutes = Number(textOf(input, 'minutes') ?? 60);
  if (!Number.isInteger(minutes) || minutes < 1) throw wrong('--minutes is a whole number above 0.');
  const userId = await userOf(ports, input);
  const reason = textOf(input, 'reason');
  const wish = { label: 'made by patchbay', permissions, lifeMs: minutes * 60_000 };
  const { id, token, expiresAt } = await createStaffToken(ports, 'cli', userId, wish);
  const sensitive = permissions.filter(isSensitive);
  if (reason !== null && sensitive.length > 0)
    await elevateHolder(ports, { by: 'cli', userId, holder: id, permissions: sensitive, reason });
  terminal.out(token);
  terminal.note(`${id}: until ${expiresAt.toISOString()}. It is shown this once; keep it safe.`);
}

const userOf = (ports: Ports, { args }: Input): Promise<string> => findUser(ports, args[0] ?? '');

function newPerson(ports: Ports, name: string): Promise<string> {
  if (name.trim() === '' || name.startsWith('usr_')) throw wrong('--new takes the name of a person.');
  return addStaffPerson(ports, 'cli', name.trim());
}
