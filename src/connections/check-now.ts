import type { Failed } from '#kit';
import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { checkHealth } from './care.ts';
import { findConnection, loadConnector } from './find.ts';
import { showConnection, type ShownConnection } from './show.ts';

export type CheckedNow = ShownConnection & { is_well: boolean; missing_scopes: string[]; detail: string };

/** Asks the vendor, and says what it said. */
export async function checkNow(ctx: Ctx, id: string): Promise<CheckedNow> {
  const row = await findConnection(ctx, id);
  if (row.state === 'pending' || row.state === 'revoked')
    throw new PatchbayError('state_conflict', {
      public: `The connection is ${row.state === 'pending' ? 'not linked yet' : 'ended'}.`,
    });
  const { row: now, health } = await checkHealth(ctx, await loadConnector(ctx, row.connector), row);
  return {
    ...showConnection(now),
    is_well: health.ok && !health.missingScopes?.length,
    missing_scopes: [...(health.missingScopes ?? [])],
    detail: health.detail ?? wordsOf(health.failure),
  };
}

/** What the user can do, where the connector knows it. */
function wordsOf(failure: Failed | undefined): string {
  if (!failure) return '';
  return failure.kind === 'permanent' ? (failure.fix ?? failure.code) : failure.code;
}
