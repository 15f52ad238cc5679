import { type EventData, project } from '#src/catalog';
import type { EventRecord } from '#src/ports';

/**
 * One view (contract): webhooks, feed, filters, dry-run, trace and replay all see an event through here, with the
 * scopes of that moment. Nothing else may read `event.data` on its way out.
 */
export type Viewer = {
  scopes: ReadonlySet<string>;
  /** Equal for two viewers with the same scopes. */
  viewKey: string;
  /** The pinned schema version. */
  version: number | null;
};

/** What a filter is held against: the envelope's public part and the projected data. */
export type FilterView = { type: string; city?: string; subject: string; data: EventData };

/** All views of one event, each projected once however many deliveries share it. */
export type EventViews = {
  event: EventRecord;
  /** Null when the viewer's scopes do not reveal this type at all. */
  data(viewer: Viewer): EventData | null;
  filterView(viewer: Viewer): FilterView | null;
  /** Whatever else is worth making once a view, such as its serialised body. */
  once<T>(viewer: Viewer, purpose: string, make: (data: EventData) => T): T | null;
};

export function createViews(event: EventRecord): EventViews {
  // In maps of maps: a key that holds all scopes would be spelled and hashed anew for each delivery.
  const made = new Map<string, Map<number | null, Map<string, unknown>>>();
  const memo = <T>({ viewKey, version }: Viewer, purpose: string, make: () => T): T => {
    const byVersion = within(made, viewKey);
    const byPurpose = within(byVersion, version);
    if (!byPurpose.has(purpose)) byPurpose.set(purpose, make());
    return byPurpose.get(purpose) as T; // Each purpose has one maker, so one type.
  };

  const views: EventViews = {
    event,
    data: (viewer) =>
      memo(viewer, 'data', () =>
        project(
          { type: event.type, version: event.schemaVersion, data: event.data },
          { scopes: viewer.scopes, ...(viewer.version === null ? {} : { version: viewer.version }) },
        ),
      ),
    filterView: (viewer) =>
      views.once(viewer, 'filter', (data) => ({
        type: event.type,
        ...(event.city === null ? {} : { city: event.city }),
        subject: event.subject,
        data,
      })),
    once: (viewer, purpose, make) => {
      const data = views.data(viewer);
      return data === null ? null : memo(viewer, purpose, () => make(data));
    },
  };
  return views;
}

function within<K, Key, V>(outer: Map<K, Map<Key, V>>, key: K): Map<Key, V> {
  const known = outer.get(key);
  if (known) return known;
  const inner = new Map<Key, V>();
  outer.set(key, inner);
  return inner;
}
