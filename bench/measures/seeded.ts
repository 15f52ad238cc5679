import { ACCOUNT_PLACE } from '../accounts.ts';
import { withHub } from '../hub.ts';
import type { HubHome } from '../hub.ts';
import { seedHistory, seedSubscriptions } from '../seed.ts';
import type { Sink } from '../sink/client.ts';
import { load } from '../target.ts';
import type { Target } from '../target.ts';
import { bookingTemplate } from '../template.ts';
import { readCpuMs } from '../usage.ts';
import { deliverOne, measureFanOut, subscribeAll } from './fan-out.ts';

/** A store of a certain fill. It is written once, and hubs are started on it again and again. */
export type Filled = { directory: string; home: HubHome; accounts: number };

export async function fillSubscriptions(
  home: HubHome,
  directory: string,
  sink: Sink,
  count: number,
): Promise<Filled> {
  await withHub(home, directory, (hub) => subscribeAll(hub, sink, { group: 'seed', count: 1 }));
  return { directory, home: { ...home, directory }, accounts: seedSubscriptions(directory, count).accounts };
}

export async function fillHistory(
  home: HubHome,
  directory: string,
  sink: Sink,
  count: number,
): Promise<Filled> {
  await withHub(home, directory, async (hub) => {
    // A path of its own for each store: the sink knows one secret a path.
    await subscribeAll(hub, sink, { group: `history-${count}`, count: 1 });
    await deliverOne(hub, sink, bookingTemplate([firstAccount(hub)]), 1);
  });
  if (count > 0) seedHistory(directory, count);
  return { directory, home: { ...home, directory }, accounts: 1 };
}

/** The hub's CPU for publishing one event that matches ten subscriptions, all paused; microseconds. */
export function publishCost(filled: Filled, seconds: number): Promise<number> {
  return withHub(filled.home, filled.directory, async (hub) => {
    const wish = { events: bookingTemplate([ACCOUNT_PLACE]), seconds, drawAccountsBelow: filled.accounts };
    await load(hub, { ...wish, seconds: seconds / 2 });
    const before = await readCpuMs(hub.pids, hub.metricsUrl);
    const sent = await load(hub, wish);
    return (((await readCpuMs(hub.pids, hub.metricsUrl)) - before) * 1000) / sent.events;
  });
}

/** The hub's CPU for publishing one event and delivering it once; microseconds. */
export function deliverCost(filled: Filled, sink: Sink, seconds: number): Promise<number> {
  return withHub(filled.home, filled.directory, async (hub) => {
    const events = bookingTemplate([firstAccount(hub)]);
    return (await measureFanOut(hub, sink, { events, fanOut: 1, seconds })).micros;
  });
}

function firstAccount(hub: Target): string {
  const [account] = hub.accounts;
  if (account === undefined) throw new Error('the hub has no account');
  return account;
}
