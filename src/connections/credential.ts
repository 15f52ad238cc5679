import { eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Ports } from '#src/context';
import type { SealedFor } from '#src/ports';

/** What opens a vendor's door. Lives sealed in `credentials`, and in memory for one call. */
const credentialShape = z.strictObject({
  accessToken: z.string().nullable(),
  refreshToken: z.string().nullable(),
  /** Addresses that are secrets themselves, by the manifest's name for them. */
  secretUrls: z.record(z.string(), z.string()),
});
export type Credential = z.output<typeof credentialShape>;
export type StoredCredential = { credential: Credential; version: number; expiresAt: Date | null };

type Needs = Pick<Ports, 'store' | 'vault'>;

export const sealedFor = (connectionId: string): SealedFor => ({
  owner: connectionId,
  record: connectionId,
  field: 'credential',
});

export const sealCredential = (
  { vault }: Pick<Needs, 'vault'>,
  id: string,
  credential: Credential,
): Promise<string> => vault.seal(new TextEncoder().encode(JSON.stringify(credential)), sealedFor(id));

/** Null once it is shredded. */
export async function readCredential(ports: Needs, id: string): Promise<StoredCredential | null> {
  const { credentials } = ports.store.tables;
  const [row] = await ports.store.db.select().from(credentials).where(eq(credentials.id, id)).limit(1);
  if (!row) return null;
  const plain = new TextDecoder().decode(await ports.vault.open(row.sealed, sealedFor(id)));
  const json: unknown = JSON.parse(plain);
  return { credential: credentialShape.parse(json), version: row.version, expiresAt: row.expiresAt };
}
