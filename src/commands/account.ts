import { asc } from 'drizzle-orm';
import {
  accountActors,
  accountStatuses,
  createAccount,
  findAccount,
  setAccountStatus,
  showAccount,
} from '#src/access';
import type { Ports } from '#src/context';
import { type Input, isOn, needed, oneOf, show, type Terminal, textOf, wrong } from './command.ts';

export async function makeAccount(terminal: Terminal, input: Input): Promise<void> {
  const ports = await terminal.open();
  const [actor, country, timeZone] = [
    textOf(input, 'actor'),
    textOf(input, 'country'),
    textOf(input, 'timeZone'),
  ];
  const account = await createAccount(ports, 'cli', {
    name: needed(input, 'name'),
    kind: oneOf(['person', 'organisation'], textOf(input, 'kind') ?? 'organisation', 'A kind'),
    actor: actor === null ? null : oneOf(accountActors, actor, 'An actor'),
    city: textOf(input, 'city'),
    ...(country === null ? {} : { country }),
    ...(timeZone === null ? {} : { timeZone }),
  });
  terminal.out(isOn(input, 'json') ? JSON.stringify(showAccount(account), null, 2) : account.id);
  terminal.note(
    `${account.name} is here. Give it a token: patchbay token create --account ${account.id} --scopes …`,
  );
}

export async function listAccounts(terminal: Terminal, input: Input): Promise<void> {
  const { store } = await terminal.open();
  const { accounts } = store.tables;
  const rows = await store.db.select().from(accounts).orderBy(asc(accounts.name)).limit(1_000);
  show(
    terminal,
    input,
    rows.map((row) => ({ id: row.id, name: row.name, kind: row.kind, city: row.city, status: row.status })),
  );
}

export async function changeStatus(terminal: Terminal, input: Input): Promise<void> {
  const [account, status] = input.args;
  const wanted = oneOf(accountStatuses, status ?? '', 'A status');
  const ports = await terminal.open();
  const { id, name } = await findAccount(ports, account ?? '');
  await setAccountStatus(ports, 'cli', id, wanted);
  terminal.out(`${id} ${wanted}`);
  terminal.note(`${name} is ${wanted}. A running hub knows at once.`);
}

/** Named, or the only one there is. */
export async function chosenAccount(ports: Ports, input: Input): Promise<{ id: string; name: string }> {
  const named = textOf(input, 'account');
  if (named !== null) return findAccount(ports, named);
  const { accounts } = ports.store.tables;
  const [only, other] = await ports.store.db.select().from(accounts).limit(2);
  if (!only) throw wrong('There is no account yet. Make one: patchbay account create --name …');
  if (other) throw wrong('There are several accounts: choose one with --account.');
  return only;
}
