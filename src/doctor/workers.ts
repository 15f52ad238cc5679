import { sql } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { hubVersion } from '#src/operate';
import { bad, type Finding, good, warn } from './finding.ts';

type Needs = Pick<Ports, 'store'>;

/** Without a heartbeat for so long a worker counts as dead, and others take its lanes. */
const deadMs = 5_000;

/** Who sends in a cluster. On SQLite the hub itself does, or nobody. */
export async function workerFindings({ store }: Needs): Promise<Finding[]> {
  if (store.dialect === 'sqlite') return [];
  const { workers } = store.tables;
  const rows = await store.db
    .select({
      slot: workers.slot,
      version: workers.version,
      // By the database's clock, as the heartbeats are.
      silentMs: sql<string>`(extract(epoch from clock_timestamp()) * 1000)::bigint - ${workers.seenAt}`,
    })
    .from(workers);
  const live = rows.filter(({ silentMs }) => Number(silentMs) < deadMs);
  if (live.length === 0) {
    return [
      bad('workers', {
        found: rows.length === 0 ? 'there are none' : `${rows.length} are known, none has a heartbeat`,
        why: 'Events are accepted, and nothing is delivered.',
        remedy: 'Start one: npm start -- --role worker.',
      }),
    ];
  }
  const versions = [...new Set(live.map(({ version }) => version))];
  const found = `${live.length} send, of version ${versions.join(' and ')}`;
  if (versions.length === 1 && versions[0] === hubVersion) return [good('workers', found)];
  return [
    warn('workers', {
      found: `${found}; this command is of ${hubVersion}`,
      why: 'Several versions run together during a rolling upgrade, and should not for long.',
      remedy: 'Finish the upgrade.',
    }),
  ];
}
