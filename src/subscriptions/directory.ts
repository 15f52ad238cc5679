import { asc, gt } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import type { Candidate, Directory, Env, Log, Lookup, Store } from '#src/ports';
import { compileCandidate } from './compile.ts';

export type DirectoryOptions = {
  maxCandidates?: number;
  /**
   * Callers that miss the same account wait for one read: a broadcast's deliveries all ask at once, and each reading
   * a thousand candidates is a million. Not where a promise belongs to one request alone (Cloudflare Workers).
   */
  sharesReads?: boolean;
};

/**
 * Who listens, kept by account and only as long as nothing changed there. Nothing is read at start and a million
 * subscriptions cost no memory until their account sees an event; the bound is on candidates, not on accounts.
 */
export async function createDirectory(
  store: Store,
  log: Log,
  { maxCandidates = 200_000, sharesReads = true }: DirectoryOptions = {},
): Promise<Directory> {
  const reading = new Map<string, Promise<Map<string, readonly Candidate[]>>>();
  const accounts = new LRUCache<string, readonly Candidate[]>({
    max: 100_000,
    maxSize: maxCandidates,
    sizeCalculation: (candidates) => candidates.length + 1,
  });
  const seen = { version: await store.version() };
  const keyOf = (env: Env, accountId: string) => `${env}:${accountId}`;

  return {
    known: (env, accountIds) => {
      const found = new Map<string, readonly Candidate[]>();
      for (const id of accountIds) {
        const candidates = accounts.get(keyOf(env, id));
        if (!candidates) return null;
        found.set(id, candidates);
      }
      return lookupOf(seen.version, found);
    },
    load: async (env, accountIds) => {
      await freshen();
      // All that follows belongs to this version or a later one: what changes meanwhile is found out by the write.
      const version = seen.version;
      const found = new Map<string, readonly Candidate[]>();
      for (const id of accountIds) {
        const candidates = accounts.get(keyOf(env, id));
        if (candidates) found.set(id, candidates);
      }
      const missing = accountIds.filter((id) => !found.has(id));
      const read = await (sharesReads ? readTogether(version, env, missing) : readAccounts(env, missing));
      for (const [id, candidates] of read) {
        found.set(id, candidates);
        if (version === seen.version) accounts.set(keyOf(env, id), candidates);
      }
      return lookupOf(version, found);
    },
    freshen,
  };

  async function freshen(): Promise<void> {
    const version = await store.version();
    if (version === seen.version) return;
    await forgetSince(seen.version, version);
    seen.version = Math.max(version, seen.version);
  }

  /** A read under way is good for whoever asks at the same version: it began no earlier than that version was there. */
  async function readTogether(
    version: number,
    env: Env,
    accountIds: string[],
  ): Promise<Map<string, readonly Candidate[]>> {
    const placeOf = (id: string) => `${version}:${keyOf(env, id)}`;
    const alone = accountIds.filter((id) => !reading.has(placeOf(id)));
    const waits = new Set(accountIds.flatMap((id) => reading.get(placeOf(id)) ?? []));
    if (alone.length > 0) {
      const read = readAccounts(env, alone).finally(() => {
        for (const id of alone) reading.delete(placeOf(id));
      });
      for (const id of alone) reading.set(placeOf(id), read);
      waits.add(read);
    }
    const found = new Map((await Promise.all(waits)).flatMap((read) => [...read]));
    return new Map(accountIds.map((id) => [id, found.get(id) ?? []]));
  }

  async function readAccounts(env: Env, accountIds: string[]): Promise<Map<string, Candidate[]>> {
    const byAccount = new Map<string, Candidate[]>(accountIds.map((id) => [id, []]));
    for (const row of accountIds.length > 0 ? await store.match(env, accountIds) : []) {
      const candidate = compiled(row);
      if (candidate) byAccount.get(row.grant.accountId)?.push(candidate);
    }
    return byAccount;
  }

  /** One row that no longer compiles (a type that left the catalogue) must not stop its neighbours. */
  function compiled(row: Parameters<typeof compileCandidate>[0]): Candidate | null {
    try {
      return compileCandidate(row);
    } catch (error) {
      log.error('subscription.uncompilable', error, { subscription: row.subscription.id });
      return null;
    }
  }

  async function forgetSince(from: number, to: number): Promise<void> {
    const { changes } = store.tables;
    const rows = await store.db
      .select()
      .from(changes)
      .where(gt(changes.version, from))
      .orderBy(asc(changes.position))
      .limit(1_000);
    const versions = new Set(rows.map((row) => row.version));
    const known = rows.flatMap(({ accountId }) => (accountId === null ? [] : [accountId]));
    // Where the list is not whole (purged, or too long), or speaks of many accounts, all is forgotten.
    if (versions.size < to - from || known.length < rows.length) {
      accounts.clear();
      return;
    }
    for (const accountId of known) {
      accounts.delete(keyOf('live', accountId));
      accounts.delete(keyOf('test', accountId));
    }
  }
}

const lookupOf = (version: number, found: ReadonlyMap<string, readonly Candidate[]>): Lookup => ({
  version,
  of: (accountId) => found.get(accountId) ?? [],
});
