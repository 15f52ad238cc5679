import type { Ports } from '#src/context';
import type { EpochLevel } from '#src/store';
import { backupMark } from '#src/access';
import { eq, ne } from 'drizzle-orm';
import { bad, type Finding, good } from './finding.ts';

type Needs = Pick<Ports, 'store' | 'gate'>;

/** Does the fast copy say what the store says? Opening has merged what was missing in the copy, so it is never behind. */
export async function epochFindings(ports: Needs): Promise<Finding[]> {
  const { store, gate } = ports;
  const { epochs, marks } = store.tables;
  const [backup] = await store.db.select().from(marks).where(eq(marks.name, backupMark)).limit(1);
  if (backup) {
    return [
      bad('epochs', {
        found: 'this database is a backup that was put back',
        why: 'It knows nothing of what was revoked after it, so no hub starts on it.',
        remedy: 'patchbay restored settles that: docs/deploy.md.',
      }),
    ];
  }
  await gate.freshen();
  const rows = await store.db
    .select({ level: epochs.level, id: epochs.subjectId, value: epochs.value })
    .from(epochs)
    .where(ne(epochs.level, 'token'));
  const apart = rows.filter(
    ({ level, id, value }) => gate.snapshot({ [level]: id })[level as EpochLevel]?.[1] !== value,
  );
  const [first] = apart;
  if (!first) return [good('epochs', `${rows.length} raised or suspended, the fast copy agrees`)];
  return [
    bad('epochs', {
      found: `${apart.length} of ${rows.length} differ between the store and the fast copy, ${first.level}:${first.id} among them`,
      why: 'The copy knows of revocations that the store has forgotten: the store was restored from a backup.',
      remedy: 'Stop the hubs, run patchbay restored, start them again.',
    }),
  ];
}
