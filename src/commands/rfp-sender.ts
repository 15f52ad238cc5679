import { and, desc, eq, isNull } from 'drizzle-orm';
import { findAccount } from '#src/access';
import type { Ports } from '#src/context';
import { makeSender, ownerByAccount, ownerByApp, rotateSenderSecret, showSender } from '#src/intents';
import { type Input, isOn, show, type Terminal, textOf, wrong } from './command.ts';
import { overlapOf } from './token.ts';

const by = { actor: 'cli', requestId: null };

export async function makeRfpSender(terminal: Terminal, input: Input): Promise<void> {
  const [account, app] = [textOf(input, 'account'), textOf(input, 'app')];
  if ((account === null) === (app === null)) throw wrong('Name one: --account or --app.');
  const ports = await terminal.open();
  const env = isOn(input, 'test') ? 'test' : 'live';
  const owner =
    account === null
      ? await ownerByApp(ports, app ?? '')
      : await ownerByAccount(ports, (await findAccount(ports, account)).id, env);
  const label = textOf(input, 'label') ?? 'made by patchbay';
  const { row, secret } = await makeSender(ports, by, { owner, maker: null, label });
  const { id, url } = showSender(row, ports.settings);
  tellSecret(terminal, input, { id, url, secret });
  terminal.note(`It posts to ${url}`);
}

export async function listRfpSenders(terminal: Terminal, input: Input): Promise<void> {
  const ports = await terminal.open();
  const { tokens } = ports.store.tables;
  const rows = await ports.store.db
    .select()
    .from(tokens)
    .where(and(eq(tokens.kind, 'w'), isOn(input, 'all') ? undefined : isNull(tokens.revokedAt)))
    .orderBy(desc(tokens.id))
    .limit(1_000);
  show(
    terminal,
    input,
    rows.map((row) => {
      const { id, label, env, last_used_at, revoked_at } = showSender(row, ports.settings);
      return { id, label, env, of: row.accountId ?? row.appId, last_used_at, revoked_at };
    }),
  );
}

export async function rotateRfpSender(terminal: Terminal, input: Input): Promise<void> {
  const ports = await terminal.open();
  const row = await findSender(ports, input);
  const overlapMs = overlapOf(input, ports);
  const about = { ...by, accountId: row.accountId };
  const { secret, oldUntil } = await rotateSenderSecret(ports, about, { senderId: row.id, overlapMs });
  const old_secrets_until = oldUntil.toISOString();
  tellSecret(terminal, input, { id: row.id, secret, old_secrets_until });
  terminal.note(`The one before is right until ${old_secrets_until}.`);
}

async function findSender({ store }: Ports, { args }: Input) {
  const [id = ''] = args;
  const { tokens } = store.tables;
  const [row] = await store.db
    .select()
    .from(tokens)
    .where(and(eq(tokens.id, id), eq(tokens.kind, 'w')))
    .limit(1);
  if (row) return row;
  throw wrong(`There is no sender ${id}: patchbay rfp-sender list`);
}

function tellSecret(
  terminal: Terminal,
  input: Input,
  shown: Record<'id' | 'secret', string> & Record<string, string>,
): void {
  terminal.out(isOn(input, 'json') ? JSON.stringify(shown, null, 2) : shown.secret);
  terminal.note(`${shown.id}: the secret is shown this once; keep it safe.`);
}
