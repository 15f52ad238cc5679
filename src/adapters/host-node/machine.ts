import { join } from 'node:path';
import type { Machine } from '#src/commands';
import type { RedisFacts } from '#src/doctor';
import { readJournal } from './journal-file.ts';
import { backupSqlite } from './backup-sqlite.ts';
import { inspectFolder } from './folder.ts';
import { inspectDatabase, wordsOf } from './inspect-database.ts';
import { inspectRedis } from './inspect-redis.ts';
import { readRedisUrl } from './redis-place.ts';
import { restoreSqlite } from './restore-sqlite.ts';

export type Place = {
  folder: string;
  /** Holds `sqlite/` and `postgres/`. */
  migrationsFolder: string;
  databaseUrl: string | null;
  redisUrl: string | null;
  journal: string | null;
  hasMasterKeysSet: boolean;
  hasPeppersSet: boolean;
};

/** What a command does to a deployment without opening the hub. */
export function createMachine(place: Place): Omit<Machine, 'migrate'> {
  const { folder, migrationsFolder, hasMasterKeysSet, hasPeppersSet } = place;
  return {
    inspect: async () => {
      const [folderFacts, database, redis] = await Promise.all([
        inspectFolder(folder),
        inspectDatabase(place),
        place.redisUrl === null ? null : redisOf(place.redisUrl),
      ]);
      return { folder: folderFacts, database, redis, hasMasterKeysSet, hasPeppersSet };
    },
    backup: async (to) => backupSqlite(folder, to, Date.now()),
    restore: async (from, isHubStopped) =>
      restoreSqlite({
        folder,
        from,
        isHubStopped,
        migrationsFolder: join(migrationsFolder, 'sqlite'),
        nowMs: Date.now(),
      }),
    readJournals: async (paths) => {
      const named = paths.length > 0 ? paths : place.journal === null ? [] : [place.journal];
      if (named.length === 0) return null;
      const contents = await Promise.all(named.map((path) => readJournal(path)));
      return {
        // What one process did before its journal began is in none of them.
        sinceMs: Math.max(...contents.map(({ sinceMs }) => sinceMs)),
        lines: contents.flatMap(({ lines }) => lines),
      };
    },
  };
}

async function redisOf(url: string): Promise<RedisFacts> {
  try {
    return await inspectRedis(readRedisUrl(url));
  } catch (error) {
    const none = { version: null, maxmemoryPolicy: null, aheadMs: null };
    return { place: 'REDIS_URL', fault: wordsOf(error), ...none };
  }
}
