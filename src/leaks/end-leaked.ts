import { revoke } from '#src/access';
import { openCase } from '#src/cases';
import type { Ports } from '#src/context';
import type { TokenRow } from './known-tokens.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids' | 'gate' | 'queue' | 'log' | 'meter'>;

/** Who found it, and where. Texts of strangers; `withoutTokens` has gone over them. */
export type Finding = {
  finder: 'anyone' | 'github' | 'staff';
  /** A URL as a rule. */
  foundAt: string | null;
  contact: string | null;
};

/** Whether it opens anything: what was revoked, has expired or hangs on something revoked is dead already. */
export const isLive = ({ gate, clock }: Pick<Ports, 'gate' | 'clock'>, row: TokenRow): boolean =>
  row.revokedAt === null &&
  (row.expiresAt === null || row.expiresAt.getTime() > clock.ms()) &&
  gate.standing(row.epochs) !== 'revoked';

/**
 * A token in a stranger's hands proves itself, so nobody's judgement is waited for: it is revoked as `leaked`, which holds
 * all that it made, and the case with its evidence is written with that. False where it was done before: a token leaks
 * once, however many find it, since its receipt has an id of the token's own.
 */
export async function endLeaked(
  ports: Needs,
  token: Pick<TokenRow, 'id' | 'kind' | 'locator'>,
  finding: Finding,
): Promise<boolean> {
  const { id, kind, locator } = token;
  try {
    await revoke(ports, {
      level: 'token',
      id,
      reason: 'leaked',
      actor: 'hub',
      receiptId: `rvk_${id.slice('tok_'.length)}`,
      alongside: (db, receipt) => [
        openCase(db, ports, {
          kind: 'token_leaked',
          subject: `token:${id}`,
          evidence: {
            token: id,
            kind,
            locator,
            finder: finding.finder,
            found_at: finding.foundAt,
            contact: finding.contact,
            reported_at: ports.clock.now().toISOString(),
            receipt,
          },
        }),
      ],
    });
  } catch (error) {
    if (!ports.store.isConflict(error)) throw error;
    return false;
  }
  ports.log.warn('leak.ended', { token: id, kind, finder: finding.finder });
  ports.meter.count('tokens_leaked', { kind, finder: finding.finder });
  return true;
}
