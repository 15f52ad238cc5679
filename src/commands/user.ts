import { eq } from 'drizzle-orm';
import { addMember, joinAccount } from '#src/access';
import type { Ports } from '#src/context';
import { createSignInLink, unlinkIdentity } from '#src/sessions';
import { chosenAccount } from './account.ts';
import { type Input, isOn, needed, oneOf, type Terminal, textOf, wrong } from './command.ts';

export async function makeUser(terminal: Terminal, input: Input): Promise<void> {
  const ports = await terminal.open();
  const account = await chosenAccount(ports, input);
  const role = oneOf(['owner', 'member'], textOf(input, 'role') ?? 'owner', 'A role');
  const name = needed(input, 'name');
  const email = textOf(input, 'email');
  if (email !== null && !/^[^\s@]+@[^\s@]+$/.test(email)) throw wrong(`${email} is not an e-mail address.`);
  const about = { accountId: account.id, userName: name, role, email };
  const id = await addMember(ports, 'cli', about);
  terminal.out(isOn(input, 'json') ? JSON.stringify({ id, name, account: account.id, role }, null, 2) : id);
  terminal.note(`${name} may act for ${account.name}. Let them in: patchbay user link ${id}`);
}

export async function linkUser(terminal: Terminal, input: Input): Promise<void> {
  const ports = await terminal.open();
  const id = await findUser(ports, input.args[0] ?? '');
  const { url, expiresAt, person } = await createSignInLink(ports, 'cli', id);
  terminal.out(
    isOn(input, 'json') ? JSON.stringify({ url, expires_at: expiresAt.toISOString() }, null, 2) : url,
  );
  terminal.note(
    `Whoever opens it is ${person.name}: once, until ${expiresAt.toISOString()}. Send it to nobody else.`,
  );
}

export async function joinUser(terminal: Terminal, input: Input): Promise<void> {
  const ports = await terminal.open();
  const userId = await findUser(ports, input.args[0] ?? '');
  const account = await chosenAccount(ports, input);
  const role = oneOf(['owner', 'member'], textOf(input, 'role') ?? 'member', 'A role');
  await joinAccount(ports, 'cli', { accountId: account.id, userId, role });
  terminal.out(`${userId} ${account.id} ${role}`);
}

export async function unlinkUser(terminal: Terminal, input: Input): Promise<void> {
  const ports = await terminal.open();
  const userId = await findUser(ports, input.args[0] ?? '');
  const { issuers, sessions } = await unlinkIdentity(ports, 'cli', {
    userId,
    issuer: textOf(input, 'issuer'),
  });
  terminal.out(
    isOn(input, 'json') ? JSON.stringify({ user: userId, issuers, sessions }, null, 2) : issuers.join('\n'),
  );
  const ended = sessions === 1 ? 'One session ended.' : `${sessions} sessions ended.`;
  terminal.note(
    `${ended} Link them again by an invitation: patchbay user link ${userId}, and sign in from the page of the account.`,
  );
}

/** By id or by name. */
export async function findUser({ store }: Ports, idOrName: string): Promise<string> {
  const { users } = store.tables;
  if (idOrName.startsWith('usr_')) return idOrName;
  const [one, other] = await store.db
    .select({ id: users.id })
    .from(users)
    .where(eq(users.name, idOrName))
    .limit(2);
  if (!one) throw wrong(`There is no user ${idOrName}. Make one: patchbay user create --name …`);
  if (other) throw wrong(`Several people are called ${idOrName}: use an id.`);
  return one.id;
}
