import { eventTypes } from '#src/catalog';
import type { StoreReader } from './read-store.ts';
import type { Endpoint } from './subscribe.ts';

/** How things stand at this moment, each figure counted anew from the store. */
export type Standing = {
  accepted: number;
  states: ReadonlyMap<string, number>;
  endpoints: EndpointStanding[];
};
export type EndpointStanding = { endpoint: Endpoint; states: ReadonlyMap<string, number>; health: Health };
export type Health = 'waiting' | 'probation' | 'well' | 'failing' | 'gone' | 'disabled';

export function observe(store: StoreReader, endpoints: readonly Endpoint[]): Standing {
  const rows = store.deliveries();
  const subscriptions = new Map(store.subscriptions().map((row) => [row.id, row]));
  return {
    accepted: store
      .events()
      .filter(({ type, state }) => state === 'accepted' && eventTypes.get(type)?.system === false).length,
    states: countBy(rows),
    endpoints: endpoints.map((endpoint) => {
      const own = rows.filter(({ subscriptionId }) => subscriptionId === endpoint.subscriptionId);
      const row = subscriptions.get(endpoint.subscriptionId);
      const wasTried = own.some(({ attempts }) => attempts > 0);
      const health: Health =
        row?.state === 'disabled'
          ? row.reason === 'gone'
            ? 'gone'
            : 'disabled'
          : row?.isFailing
            ? row.isProven
              ? 'failing'
              : 'probation'
            : row?.isProven
              ? 'well'
              : wasTried || own.length > 0
                ? 'probation'
                : 'waiting';
      return { endpoint, states: countBy(own), health };
    }),
  };
}

/** Whether nothing will happen within the next moments, but for the subscriptions that are left out. */
export function isQuiet(store: StoreReader, soonMs: number, leftOut: ReadonlySet<string>): boolean {
  const until = Date.now() + soonMs;
  return store
    .deliveries()
    .every(
      ({ subscriptionId, state, dueAtMs }) =>
        leftOut.has(subscriptionId) || (state !== 'leased' && (dueAtMs === null || dueAtMs > until)),
    );
}

/** An attempt is on record when it is over. */
export function haveBeenTried(store: StoreReader, subscriptions: ReadonlySet<string>): boolean {
  const tried = new Set(
    store.deliveries().flatMap(({ subscriptionId, attempts }) => (attempts > 0 ? [subscriptionId] : [])),
  );
  return [...subscriptions].every((id) => tried.has(id));
}

export const inState = (states: ReadonlyMap<string, number>, ...names: string[]): number =>
  names.reduce((sum, name) => sum + (states.get(name) ?? 0), 0);

function countBy(rows: readonly { state: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}
