import type { DatabaseFacts, DeploymentFacts, FolderFacts, RedisFacts } from './facts.ts';
import { bad, type Finding, good, warn } from './finding.ts';

const gib = 2 ** 30;

/** What can be told before anything is opened. */
export const hostFindings = (facts: DeploymentFacts): Finding[] => [
  ...(facts.database.kind === 'sqlite' ? [dataFolder(facts.folder), disk(facts.folder)] : []),
  keyFile(facts),
  database(facts.database, facts.folder),
  ...(facts.redis ? [redis(facts.redis)] : []),
  ...clocks(facts),
];

/** Opening would make what is missing (new keys, the newest schema), or fail. */
export function mayBeOpened({ database: { kind, fault, migrations }, ...facts }: DeploymentFacts): boolean {
  if (fault !== null || migrations === null || migrations.missing > 0) return false;
  if (facts.redis !== null && facts.redis.fault !== null) return false;
  return kind === 'postgres' || (facts.folder.isThere && !isWithoutKeys(facts));
}

const isWithoutKeys = ({ folder, ...set }: Omit<DeploymentFacts, 'database' | 'redis'>): boolean =>
  folder.keysMode === null && !(set.hasMasterKeysSet && set.hasPeppersSet);

function dataFolder({ path, isThere, isWritable }: FolderFacts): Finding {
  if (!isThere) {
    return bad('data folder', {
      found: `${path} is not there, or has no database`,
      why: 'There is no hub here to look at.',
      remedy: 'Start the hub once, or name the folder with --data.',
    });
  }
  if (isWritable) return good('data folder', path);
  return bad('data folder', {
    found: `${path} cannot be written`,
    why: 'No event can be accepted.',
    remedy: 'Give it to the user that the hub runs as.',
  });
}

function disk({ freeBytes, databaseBytes, isThere }: FolderFacts): Finding {
  const found = `${(freeBytes / gib).toFixed(1)} GiB free, the database has ${(databaseBytes / gib).toFixed(2)}`;
  const trouble = {
    found,
    why: 'A full disk accepts nothing: every publish is answered 503.',
    remedy: 'Make room, or keep less: PATCHBAY_KEEP_EVENTS_DAYS, PATCHBAY_KEEP_RECEIPTS_DAYS.',
  };
  if (!isThere || freeBytes >= Math.max(gib, databaseBytes / 2)) return good('disk', found);
  return freeBytes < gib / 4 ? bad('disk', trouble) : warn('disk', trouble);
}

function keyFile(facts: DeploymentFacts): Finding {
  const { folder, database: store, hasMasterKeysSet, hasPeppersSet } = facts;
  if (hasMasterKeysSet && hasPeppersSet) return good('keys', 'from the environment');
  if (store.kind === 'postgres') {
    return bad('keys', {
      found: `${hasMasterKeysSet ? 'PATCHBAY_PEPPERS' : 'PATCHBAY_MASTER_KEYS'} is not set`,
      why: 'Several processes share one database: none may make keys of its own, and none starts.',
      remedy: 'Set both, alike in every process and in this shell.',
    });
  }
  if (folder.keysMode === null && folder.isThere) {
    return bad('keys', {
      found: 'there is a database, but keys.json is gone',
      why: 'Without them no token verifies and no webhook is signed.',
      remedy: `Put keys.json back into ${folder.path}, or set PATCHBAY_MASTER_KEYS and PATCHBAY_PEPPERS as the hub has them.`,
    });
  }
  if (folder.keysMode === null) return good('keys', 'none yet: they are made when the hub first starts');
  if (folder.keysMode & 0o077) {
    return bad('keys', {
      found: `others may read keys.json (${folder.keysMode.toString(8)})`,
      why: 'Who has them and a copy of the database has every signing secret.',
      remedy: `chmod 600 ${folder.path}/keys.json`,
    });
  }
  return warn('keys', {
    found: 'in keys.json beside the data, mode 600',
    why: 'A copy of the folder holds the secrets and what opens them. Fine on one machine of your own.',
    remedy: 'Where it counts, set PATCHBAY_MASTER_KEYS and PATCHBAY_PEPPERS and take the file away.',
  });
}

function database({ kind, place, fault, migrations }: DatabaseFacts, folder: FolderFacts): Finding {
  if (fault !== null) {
    return bad('database', {
      found: fault,
      why: 'The hub cannot work without it.',
      remedy:
        kind === 'sqlite'
          ? 'Is the file whole? Restore a backup: docs/deploy.md.'
          : 'Mend that, then ask again.',
    });
  }
  const name = kind === 'sqlite' ? 'SQLite' : `PostgreSQL at ${place}`;
  if (migrations === null) return good('database', `${name}, not there yet`);
  if (migrations.missing > 0) {
    return bad('database', {
      found: `${name} lacks ${migrations.missing} migration(s) of this version`,
      why: 'No hub of this version has started on it yet.',
      remedy: 'Start one, or run patchbay migrate; then ask again.',
    });
  }
  if (migrations.unknown > 0) {
    return warn('database', {
      found: `${name} has ${migrations.unknown} migration(s) that this version does not know`,
      why: 'A newer version has run here. Migrations only add, so this one works on it.',
      remedy: 'Expected in a rolling upgrade or after a rollback; else upgrade this process.',
    });
  }
  if (kind === 'sqlite' && !folder.isWal) {
    return bad('database', {
      found: 'SQLite without its write-ahead log',
      why: 'Readers and the writer wait for each other, and accepting is slow.',
      remedy: 'Is the folder on a network disk? The log needs a local one. A hub that starts sets it.',
    });
  }
  return good('database', `${name}, migrations applied`);
}

function redis({ place, fault, version, maxmemoryPolicy }: RedisFacts): Finding {
  if (fault !== null) {
    return bad('redis', {
      found: `${place}: ${fault}`,
      why: 'Nothing is lost, but wakes, caps and the fast copy of the epochs are.',
      remedy: 'Is it up, and may this machine reach it? See REDIS_URL.',
    });
  }
  const found = `${version ?? 'of an unknown version'} at ${place}, maxmemory-policy ${maxmemoryPolicy ?? 'not told'}`;
  if (maxmemoryPolicy === null || maxmemoryPolicy === 'noeviction') return good('redis', found);
  return bad('redis', {
    found,
    why: 'When it is full, it throws keys away: caps are forgotten, wakes vanish and work waits for the sweep.',
    remedy: 'Set maxmemory-policy noeviction, and give this Redis to nobody else.',
  });
}

const tolerableMs = 2_000;

function clocks({ database: { kind, aheadMs }, redis: found }: DeploymentFacts): Finding[] {
  const told = [
    ...(aheadMs === null ? [] : [{ of: kind === 'postgres' ? 'PostgreSQL' : kind, aheadMs }]),
    ...(found?.aheadMs == null ? [] : [{ of: 'Redis', aheadMs: found.aheadMs }]),
  ];
  return told.map((clock) => {
    const words = `${Math.abs(clock.aheadMs)} ms ${clock.aheadMs < 0 ? 'behind' : 'before'} ours`;
    if (Math.abs(clock.aheadMs) <= tolerableMs) return good('clock', `that of ${clock.of} is ${words}`);
    return bad('clock', {
      found: `that of ${clock.of} is ${words}`,
      why: 'Leases end early or late, so that deliveries go out twice or wait; caps count wrongly.',
      remedy: 'Run NTP on every machine of the deployment.',
    });
  });
}
