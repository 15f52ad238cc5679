/** What the authorization server leaves behind: requests that nobody answers, ids that were used, tokens that have ended. */
import { and, asc, gt, inArray, lt, ne, notInArray, or } from 'drizzle-orm';
import { claimMark } from './marks.ts';
import { pause } from './pause.ts';
import type { Needs } from './purge.ts';

const dayMs = 86_400_000;
/** A code that comes back this much later still tells of a theft; an ended token still answers that it has expired. */
const keepProofMs = 30 * dayMs;
/** Twice in one statement, of which D1 binds at most 100. */
const rowsPerWrite = 45;

/** A request costs a stranger nothing, so one that led to nothing is kept for a day alone. */
export async function purgeAuthorizations(ports: Needs): Promise<number> {
  const { store, clock } = ports;
  const { authorizations } = store.tables;
  const isOld = or(
    lt(authorizations.expiresAt, new Date(clock.ms() - keepProofMs)),
    and(lt(authorizations.expiresAt, new Date(clock.ms() - dayMs)), ne(authorizations.state, 'redeemed')),
  );
  for (let count = 0; ;) {
    const old = store.db
      .select({ id: authorizations.id })
      .from(authorizations)
      .where(isOld)
      .limit(rowsPerWrite);
    const [gone] = await store.write((db) => [
      db.delete(authorizations).where(inArray(authorizations.id, old)).returning({ id: authorizations.id }),
    ]);
    count += gone.length;
    if (gone.length < rowsPerWrite) return count;
    await pause(clock);
  }
}

/** Past its time an id is refused by what it came in, so it need not be remembered. */
export async function purgeUsedIds(ports: Needs): Promise<number> {
  const { store, clock } = ports;
  const { usedIds } = store.tables;
  for (let count = 0; ;) {
    const old = store.db
      .select({ id: usedIds.id })
      .from(usedIds)
      .where(lt(usedIds.expiresAt, clock.now()))
      .limit(rowsPerWrite);
    const [gone] = await store.write((db) => [
      db.delete(usedIds).where(inArray(usedIds.id, old)).returning({ id: usedIds.id }),
    ]);
    count += gone.length;
    if (gone.length < rowsPerWrite) return count;
    await pause(clock);
  }
}

/**
 * Access and refresh tokens of apps: a grant makes one an hour, for years. By id, which grows with time, once a day. All
 * other kinds stay, and so does what the audit trail says of these.
 */
export async function purgeAppTokens(ports: Needs): Promise<number> {
  const { store, clock } = ports;
  const { tokens, refreshes } = store.tables;
  if (!(await claimMark(ports, 'app_tokens_at', clock.ms() - dayMs, clock.ms()))) return 0;
  const before = new Date(clock.ms() - keepProofMs);
  const state = { after: '', count: 0 };
  for (;;) {
    const page = await store.db
      .select({ id: tokens.id, kind: tokens.kind, createdAt: tokens.createdAt, expiresAt: tokens.expiresAt })
      .from(tokens)
      .where(gt(tokens.id, state.after))
      .orderBy(asc(tokens.id))
      .limit(rowsPerWrite);
    const ids = page
      .filter(
        ({ kind, expiresAt }) => (kind === 'a' || kind === 'r') && expiresAt !== null && expiresAt < before,
      )
      .map(({ id }) => id);
    if (ids.length > 0) {
      await store.write((db) => [
        // Asked again: one that was used meanwhile lives on.
        db.delete(tokens).where(and(inArray(tokens.id, ids), lt(tokens.expiresAt, before))),
        db
          .delete(refreshes)
          .where(
            and(
              inArray(refreshes.id, ids),
              notInArray(
                refreshes.id,
                db.select({ id: tokens.id }).from(tokens).where(inArray(tokens.id, ids)),
              ),
            ),
          ),
      ]);
      state.count += ids.length;
    }
    const last = page.at(-1);
    if (!last || page.length < rowsPerWrite || last.createdAt >= before) return state.count;
    state.after = last.id;
    await pause(clock);
  }
}
