import { inArray } from 'drizzle-orm';
import { parseToken, possibleHashes, type TokenKind } from '#src/access';
import type { Ports } from '#src/context';
import type { Standing } from '#src/ports';
import type { Schema } from '#src/store';

export type TokenRow = Schema['tokens']['$inferSelect'];
type Needs = Pick<Ports, 'store' | 'gate' | 'clock' | 'digest' | 'peppers'>;

/** The row of a token of these kinds, dead or alive; null for anything else. */
export async function readToken(
  ports: Needs,
  text: string,
  kinds: readonly TokenKind[],
): Promise<TokenRow | null> {
  const parsed = parseToken(text);
  if (!parsed || !kinds.includes(parsed.kind)) return null;
  const { tokens } = ports.store.tables;
  const [row] = await ports.store.db
    .select()
    .from(tokens)
    .where(inArray(tokens.hash, possibleHashes(ports, text)))
    .limit(1);
  return row ?? null;
}

/** What the token's own row and the gate say of it now. */
export async function standingOf({ gate, clock }: Needs, row: TokenRow): Promise<Standing | 'expired'> {
  if (row.revokedAt) return 'revoked';
  const token = { id: row.id, locator: row.locator };
  const { standing } = await gate.admit({ epochs: [row.epochs], token, caps: [] });
  if (standing !== 'valid') return standing;
  return row.expiresAt && row.expiresAt.getTime() <= clock.ms() ? 'expired' : 'valid';
}
