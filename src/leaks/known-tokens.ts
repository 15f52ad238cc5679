import { inArray } from 'drizzle-orm';
import { possibleHashes } from '#src/access';
import type { Ports } from '#src/context';
import type { Schema } from '#src/store';

export type TokenRow = Schema['tokens']['$inferSelect'];

/** D1 binds at most 100 parameters a statement. */
const hashesPerLook = 90;

/** The rows of those that are ours, dead ones included, by their text. */
export async function knownTokens(
  ports: Pick<Ports, 'store' | 'digest' | 'peppers'>,
  texts: readonly string[],
): Promise<Map<string, TokenRow>> {
  const { tokens } = ports.store.tables;
  const textOf = new Map(texts.flatMap((text) => possibleHashes(ports, text).map((hash) => [hash, text])));
  const hashes = [...textOf.keys()];
  const known = new Map<string, TokenRow>();
  for (let at = 0; at < hashes.length; at += hashesPerLook) {
    const some = hashes.slice(at, at + hashesPerLook);
    for (const row of await ports.store.db.select().from(tokens).where(inArray(tokens.hash, some)))
      known.set(textOf.get(row.hash) ?? '', row);
  }
  return known;
}
