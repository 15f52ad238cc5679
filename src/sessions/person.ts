import { eq } from 'drizzle-orm';
import type { Caller, Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { callerCaps, classOf, readPlan, refuseSpent } from '#src/limits';
import type { Person } from './links.ts';
import { hashSecret } from './secret.ts';
import { findSession, type SessionRow } from './sessions.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'digest' | 'peppers' | 'settings' | 'gate'>;

/**
 * The person alone, who acts for no account: staff. Judged by their own epochs and caps, whatever has become of the
 * accounts that they are a member of. Null and throws as `enterSession`.
 */
export async function enterPerson(
  ports: Needs,
  secret: string,
  method: string,
): Promise<{ row: SessionRow; person: Person; formKey: string } | null> {
  const row = await findSession(ports, secret);
  const person = row ? await readPerson(ports, row.userId) : null;
  if (!row || !person) return null;
  await ports.gate.freshen();
  const formKey = hashSecret(ports, 'form', secret);
  return (await stands(ports, row, null, method)) ? { row, person, formKey } : null;
}

/** One step of the gate: the epochs of the person, and of the account where they act for one, and the caps. */
export async function stands(
  ports: Needs,
  row: SessionRow,
  caller: Pick<Caller, 'grantId' | 'accountId' | 'epochs'> | null,
  method: string,
): Promise<boolean> {
  const { gate, settings } = ports;
  const who = { tokenId: row.id, grantId: caller?.grantId ?? null, userId: row.userId, kind: 'k' } as const;
  // The grant's bucket is one with that of the account's tokens, so it is judged by the same plan.
  const plan = await readPlan(ports, caller?.accountId ? `account:${caller.accountId}` : null);
  const caps = callerCaps(who, settings, plan)[classOf(method)];
  const admission = await gate.admit({
    epochs: caller ? [row.epochs, caller.epochs] : [row.epochs],
    token: { id: row.id, locator: row.hash.slice(0, 8) },
    caps,
  });
  if (admission.standing === 'revoked') return false;
  if (admission.standing === 'suspended')
    throw new PatchbayError('suspended', {
      public: 'Access is suspended. Support can say why and for how long; nothing is lost meanwhile.',
    });
  refuseSpent(caps, admission);
  return true;
}

export async function readPerson({ store }: Pick<Needs, 'store'>, id: string): Promise<Person | null> {
  const { users } = store.tables;
  const [user] = await store.db
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(eq(users.id, id))
    .limit(1);
  return user ?? null;
}
