import { and, eq, gt } from 'drizzle-orm';
import type { Caller, Ports } from '#src/context';
import { membershipsOf } from './memberships.ts';
import type { SessionRow } from './sessions.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'gate'>;

/** Whether what a session hangs on still stands, by this process's copy of the gate, brought in step. Cheap. */
export async function isStanding(
  { gate }: Pick<Needs, 'gate'>,
  row: SessionRow,
  caller: Caller,
): Promise<boolean> {
  await gate.freshen();
  return gate.standing(row.epochs, caller.epochs) === 'valid';
}

/** Whether the session is still there, for the same account: a sign-out, an expiry, a lost membership end it. */
export async function isStillThere(ports: Needs, row: SessionRow): Promise<boolean> {
  const { sessions } = ports.store.tables;
  const [now] = await ports.store.db
    .select({ accountId: sessions.accountId, env: sessions.env })
    .from(sessions)
    .where(and(eq(sessions.id, row.id), gt(sessions.expiresAt, ports.clock.now())))
    .limit(1);
  if (!now || now.accountId !== row.accountId || now.env !== row.env) return false;
  const accounts = await membershipsOf(ports, row.userId);
  return accounts.some(({ id }) => id === row.accountId);
}
