import { eq } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { callerCaps, classOf, refuseSpent } from '#src/limits';
import type { Session } from './enter.ts';
import { hashSecret } from './secret.ts';
import { findSession } from './sessions.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'digest' | 'peppers' | 'settings' | 'gate'>;

/**
 * The person alone, who acts for no account: staff. Judged by their own epochs and caps, whatever has become of the
 * accounts that they are a member of. Null and throws as `enterSession`.
 */
export async function enterPerson(
  ports: Needs,
  secret: string,
  method: string,
): Promise<Pick<Session, 'row' | 'person' | 'formKey'> | null> {
  const { store, gate, settings } = ports;
  const { users } = store.tables;
  const row = await findSession(ports, secret);
  if (!row) return null;
  const [person] = await store.db
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(eq(users.id, row.userId))
    .limit(1);
  if (!person) return null;
  await gate.freshen();
  const who = { tokenId: row.id, grantId: null, userId: row.userId, kind: 'k' } as const;
  const caps = callerCaps(who, settings)[classOf(method)];
  const admission = await gate.admit({
    epochs: [row.epochs],
    token: { id: row.id, locator: row.hash.slice(0, 8) },
    caps,
  });
  if (admission.standing === 'revoked') return null;
  if (admission.standing === 'suspended')
    throw new PatchbayError('suspended', { public: 'Your access is suspended.' });
  refuseSpent(caps, admission);
  return { row, person, formKey: hashSecret(ports, 'form', secret) };
}
