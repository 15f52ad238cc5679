import { hold } from './hold.ts';
import { connect, type Hub } from './hub.ts';
import { holdNoBreach, type Proved, stepsOf } from './story.ts';
import type { Connection } from './types.ts';

/** Everything that a connector can do, once and without faults; what the hub then knows. */
export async function exercise(proved: Proved, connection: Connection): Promise<Hub> {
  const { connector } = proved;
  const hub = await connect(proved, connection);
  hub.told.push(await hub.call((ctx) => connector.health(ctx)));
  for (const { name, type } of connector.manifest.form)
    if (type === 'vendor-choice')
      hub.told.push(await hub.call(async (ctx) => connector.choices?.(name, ctx)));
  for (const { op, words } of await stepsOf(proved, connection)) {
    const settled = await hub.carry(op);
    hold(settled === 'done' || settled === 'late', `${words}: is ${settled}`);
    if (connector.reconcile) hub.told.push(await hub.call(async (ctx) => connector.reconcile?.(op, ctx), op));
  }
  for (const [key, { ref, seq, isGone }] of hub.refs) {
    const undo = isGone ? undefined : connector.undo?.({ key, seq, ref }, hub.facts);
    hub.told.push(undo);
    if (undo && !('manual' in undo)) await hub.attempt(undo);
  }
  if (connector.sync) hub.told.push(await hub.call(async (ctx) => connector.sync?.(undefined, ctx)));
  await hub.call(async (ctx) => connector.tearDown?.(ctx));
  hub.told.push(...[...hub.refs.values()].map(({ ref }) => ref));
  holdNoBreach(hub, connection.name);
  return hub;
}
