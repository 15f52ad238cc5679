import { and, count, gt, isNull, ne, or, sql } from 'drizzle-orm';
import type { Ports } from '#src/context';

/** One version of a master key or a pepper. `isHere`: configured; else what is under it cannot be used. */
export type KeyUse = {
  kind: 'master key' | 'pepper';
  version: number;
  isHere: boolean;
  isCurrent: boolean;
  /** Secrets that are sealed under it, or tokens hashed by it that still live. */
  uses: number;
};

/** Every version that is configured or still used, newest first. Reads versions, never a key. */
export async function readKeyUse(
  ports: Pick<Ports, 'store' | 'clock' | 'vault' | 'peppers'>,
): Promise<KeyUse[]> {
  const { vault, peppers } = ports;
  const [sealed, hashed] = await Promise.all([countSealed(ports), countHashed(ports)]);
  return [
    ...usesOf('master key', vault.masterKeys, sealed),
    ...usesOf('pepper', { current: peppers.current, known: [...peppers.keys.keys()] }, hashed),
  ];
}

type Counted = { version: number; n: number }[];

function usesOf(
  kind: KeyUse['kind'],
  { current, known }: { current: number; known: readonly number[] },
  counted: Counted,
): KeyUse[] {
  const versions = new Set([...known, ...counted.map(({ version }) => version)]);
  return [...versions]
    .sort((a, b) => b - a)
    .map((version) => ({
      kind,
      version,
      isHere: known.includes(version),
      isCurrent: version === current,
      uses: counted.find((row) => row.version === version)?.n ?? 0,
    }));
}

/** The version is the second part of what the vault writes. */
async function countSealed({ store }: Pick<Ports, 'store'>): Promise<Counted> {
  const { secrets, credentials, connectStates } = store.tables;
  const counts = new Map<number, number>();
  for (const [table, sealed] of [
    [secrets, secrets.sealed],
    [credentials, credentials.sealed],
    [connectStates, connectStates.verifier],
  ] as const) {
    const version =
      store.dialect === 'postgres'
        ? sql<string>`split_part(${sealed}, '.', 2)`
        : sql<string>`substr(${sealed}, 4, instr(substr(${sealed}, 4), '.') - 1)`;
    const rows = await store.db.select({ version, n: count() }).from(table).groupBy(version);
    for (const row of rows) counts.set(Number(row.version), (counts.get(Number(row.version)) ?? 0) + row.n);
  }
  return [...counts].map(([version, n]) => ({ version, n }));
}

async function countHashed({ store, clock }: Pick<Ports, 'store' | 'clock'>): Promise<Counted> {
  const { tokens } = store.tables;
  return store.db
    .select({ version: tokens.pepperVersion, n: count() })
    .from(tokens)
    .where(
      and(
        ne(tokens.kind, 'w'),
        isNull(tokens.revokedAt),
        or(isNull(tokens.expiresAt), gt(tokens.expiresAt, clock.now())),
      ),
    )
    .groupBy(tokens.pepperVersion);
}
