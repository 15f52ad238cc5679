import { and, desc, eq, isNull } from 'drizzle-orm';
import { createPersonalToken, createServiceToken, findAccount, showToken } from '#src/access';
import type { Ports } from '#src/context';
import { type Input, isOn, listOf, needed, show, type Terminal, textOf, wrong } from './command.ts';

export async function makeToken(terminal: Terminal, input: Input): Promise<void> {
  const scopes = listOf(needed(input, 'scopes'));
  const ports = await terminal.open();
  const account = textOf(input, 'account');
  const wish = {
    label: textOf(input, 'label') ?? 'made by patchbay',
    env: isOn(input, 'test') ? ('test' as const) : ('live' as const),
    scopes,
    expiresAt: expiryOf(textOf(input, 'expires'), ports.clock.ms()),
  };
  const made =
    account === null
      ? await createServiceToken(ports, 'cli', wish)
      : await createPersonalToken(ports, 'cli', {
          ...wish,
          accountId: (await findAccount(ports, account)).id,
        });
  const { id, token } = made;
  const expires_at = made.expiresAt?.toISOString() ?? null;
  terminal.out(
    isOn(input, 'json') ? JSON.stringify({ id, token, scopes, env: wish.env, expires_at }, null, 2) : token,
  );
  terminal.note(
    `${id}: ${expires_at ? `until ${expires_at}` : 'without an end'}. It is shown this once; keep it safe.`,
  );
}

/** `90d`, `12h`, `30m`. */
export function expiryOf(text: string | null, nowMs: number, name = '--expires'): Date | null {
  if (text === null) return null;
  const match = /^(\d{1,5})([dhm])$/.exec(text);
  const unitMs = { d: 86_400_000, h: 3_600_000, m: 60_000 }[match?.[2] ?? ''];
  if (!match || unitMs === undefined || Number(match[1]) === 0)
    throw wrong(`${name} is a time such as 90d, 12h or 30m; ${text} is not.`);
  return new Date(nowMs + Number(match[1]) * unitMs);
}

const weekMs = 7 * 86_400_000;

/** `--overlap` of a rotation: `24h`, `0`; at most a week. */
export function overlapOf(input: Input, { clock, settings }: Ports): number {
  const text = textOf(input, 'overlap');
  if (text === null) return settings.rotateOverlapMs;
  if (text === '0') return 0;
  const nowMs = clock.ms();
  const overlapMs = (expiryOf(text, nowMs, '--overlap')?.getTime() ?? 0) - nowMs;
  if (overlapMs <= weekMs) return overlapMs;
  throw wrong('--overlap is 7d at most.');
}

export async function showTokens(terminal: Terminal, input: Input): Promise<void> {
  const ports = await terminal.open();
  const { tokens } = ports.store.tables;
  const account = textOf(input, 'account');
  const rows = await ports.store.db
    .select()
    .from(tokens)
    .where(
      and(
        account === null ? undefined : eq(tokens.accountId, (await findAccount(ports, account)).id),
        isOn(input, 'all') ? undefined : isNull(tokens.revokedAt),
      ),
    )
    .orderBy(desc(tokens.id))
    .limit(1_000);
  const shown = rows.map((row) => showToken(row, ports.settings));
  if (isOn(input, 'json')) return terminal.out(JSON.stringify(shown, null, 2));
  show(
    terminal,
    input,
    shown.map(({ id, label, env, account: of, scopes, expires_at, revoked_at }) => ({
      id,
      label,
      env,
      account: of,
      scopes,
      ends: revoked_at ? 'revoked' : expires_at,
    })),
  );
}
