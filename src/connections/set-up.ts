import { eq } from 'drizzle-orm';
import type { Connector, Failed, Facts } from '#kit';
import { PatchbayError } from '#src/errors';
import { outcomeOfError } from './apply-op.ts';
import { type ConnectionRow, readConnection } from './find.ts';
import { createVendorLimits } from './limits.ts';
import { type Needs, openConnection } from './open.ts';

/**
 * What the connector needs at the vendor is made once, as soon as the account is linked. Where it cannot be made now, the
 * connection is `degraded` and says why; it is tried again with the next look at its health.
 */
export async function setUpConnection(
  ports: Needs,
  connector: Connector,
  id: string,
): Promise<{ row: ConnectionRow; failed: Failed | null }> {
  const row = await readConnection(ports, id);
  if (!row) throw new PatchbayError('not_found');
  const result = await run(ports, connector, row);
  const { connections } = ports.store.tables;
  const now = ports.clock.now();
  const set = result.ok
    ? { facts: { ...row.facts, ...result.facts }, isSetUp: true, state: 'active' as const, stateReason: null }
    : { state: 'degraded' as const, stateReason: result.code };
  const [[written]] = await ports.store.write((db) => [
    db
      .update(connections)
      .set({ ...set, updatedAt: now })
      .where(eq(connections.id, id))
      .returning(),
  ]);
  return { row: written ?? row, failed: result.ok ? null : result };
}

async function run(
  ports: Needs,
  connector: Connector,
  row: ConnectionRow,
): Promise<{ ok: true; facts: Facts } | Failed> {
  if (!connector.setUp) return { ok: true, facts: {} };
  const opened = await openConnection(ports, connector, row, {
    limits: createVendorLimits(ports),
    purpose: 'set_up',
  });
  if (!opened.ok) return { ok: false, kind: 'transient', code: opened.code, slow: 'call' };
  try {
    return await connector.setUp(opened.ctx);
  } catch (error) {
    return outcomeOfError(error);
  }
}
