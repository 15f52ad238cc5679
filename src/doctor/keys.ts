import { desc, like } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { type KeyUse, readKeyUse } from '#src/keys';
import { sealedFor } from '#src/signatures';
import { bad, type Finding, good } from './finding.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'vault' | 'peppers'>;

/** Is every key here that something lies under, and does it open what it should? */
export async function keyFindings(ports: Needs): Promise<Finding[]> {
  const uses = await readKeyUse(ports);
  const opened = await Promise.all(uses.map((use) => opens(ports, use)));
  const wrong = uses.flatMap((use, i) => {
    if (use.isHere && opened[i]) return [];
    const name = `${use.kind} ${use.version}`;
    if (use.isHere)
      return [bad(name, { ...strangerTo(use), found: 'does not open what was sealed under it' })];
    return use.uses > 0 ? [bad(name, { ...strangerTo(use), found: 'is not here' })] : [];
  });
  if (wrong.length > 0) return wrong;
  return [good('key versions', uses.map((use) => `${use.kind} ${use.version}: ${use.uses}`).join(', '))];
}

function strangerTo({ kind, uses }: KeyUse): { why: string; remedy: string } {
  return kind === 'pepper'
    ? {
        why: `${uses} living token(s) are hashed by it: they are refused as unknown.`,
        remedy: 'Put it back into PATCHBAY_PEPPERS (or keys.json) everywhere, or make those tokens anew.',
      }
    : {
        why: `${uses} signing secret(s) are sealed under it: their webhooks cannot be signed and wait.`,
        remedy:
          'Put the right one back into PATCHBAY_MASTER_KEYS (or keys.json) everywhere. If it is lost, their owners rotate the secrets.',
      };
}

/** The newest that was sealed under it is tried. A pepper opens nothing: only a token could try it. */
async function opens({ store, vault }: Needs, { kind, version, uses, isHere }: KeyUse): Promise<boolean> {
  if (kind === 'pepper' || uses === 0 || !isHere) return true;
  const { secrets } = store.tables;
  const [row] = await store.db
    .select()
    .from(secrets)
    .where(like(secrets.sealed, `v1.${version}.%`))
    .orderBy(desc(secrets.id))
    .limit(1);
  if (!row) return true;
  return vault.open(row.sealed, sealedFor(row.subscriptionId, row.id)).then(
    () => true,
    () => false,
  );
}
