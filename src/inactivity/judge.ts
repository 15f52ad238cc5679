import { endsAtMs, isWarned, revoke, type Used, warnsAtMs } from '#src/access';
import type { Ports } from '#src/context';
import type { Db, Statement } from '#src/ports';
import { addTask } from '#src/tasks';

export type Page = {
  statements: (db: Db) => readonly Statement[];
  count: number;
  /** The last id of the page; null where it was the last page. */
  next: string | null;
};

/** What `announceEnding` says. */
export const announcements = ['token.expiring', 'grant.expiring'];

export type Judgement = 'keep' | 'warn' | 'end';

/** Nothing ends that was not announced, however long ago it was used: the hub may have slept. */
export function judge(used: Used, nowMs: number, settings: Ports['settings']): Judgement {
  if (isWarned(used)) return nowMs >= endsAtMs(used, settings) ? 'end' : 'keep';
  return nowMs >= warnsAtMs(used, settings) ? 'warn' : 'keep';
}

/** Once, also where two workers do it: the receipt has an id of the token's or grant's own. */
export async function endUnused(ports: Ports, level: 'token' | 'grant', id: string): Promise<void> {
  try {
    await revoke(ports, {
      level,
      id,
      reason: 'inactive',
      actor: 'hub',
      receiptId: `rvk_${id.slice('tok_'.length)}`,
    });
    ports.meter.count('inactive_ended', { level });
  } catch (error) {
    if (!ports.store.isConflict(error)) throw error;
  }
}

/** The account hears of it as an event; once for each time that it fell out of use. */
export const announceEnding = (
  db: Db,
  ports: Pick<Ports, 'store' | 'clock' | 'ids'>,
  level: 'token' | 'grant',
  id: string,
  lastMs: number,
) =>
  addTask(db, ports, {
    id: `tsk_expiring-${id.slice('tok_'.length)}-${lastMs}`,
    kind: 'announce',
    subject: id,
    payload: { type: `${level}.expiring` },
  }).onConflictDoNothing();
