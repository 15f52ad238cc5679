import { and, eq, gt } from 'drizzle-orm';
import type { SealedFor } from '#src/ports';
import type { Needs } from './open.ts';

/** Among the portal's pages: there the person is known. */
export const callbackPath = '/portal/connections/callback';

/** In place of a person: a token without one began, so that anybody of its account may come back. */
export const anyMember = 'member';

export const redirectUri = ({ settings }: Pick<Needs, 'settings'>): string =>
  new URL(callbackPath, settings.publicUrl).href;
/** PKCE's verifier is sealed for its state alone. */
export const verifierOf = (stateId: string): SealedFor => ({
  owner: stateId,
  record: stateId,
  field: 'verifier',
});

/** Found, and gone, in one write: of two that come with it one gets it. */
export async function spendState({ store, clock, digest }: Needs, state: string) {
  if (!/^[\w-]{32}$/.test(state)) return null;
  const { connectStates } = store.tables;
  const [rows] = await store.write((db) => [
    db
      .delete(connectStates)
      .where(
        and(
          eq(connectStates.id, digest.sha256(`connect ${state}`)),
          gt(connectStates.expiresAt, clock.now()),
        ),
      )
      .returning(),
  ]);
  return rows[0] ?? null;
}
