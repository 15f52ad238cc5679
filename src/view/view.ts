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
  const made = new Map<string, unknown>();
  const memo = <T>(key: string, make: () => T): T => {
    if (!made.has(key)) made.set(key, make());
    return made.get(key) as T; // Each key has one maker, so one type.
  };
  const keyOf = (viewer: Viewer, purpose: string) => `${purpose}|${viewer.version ?? ''}|${viewer.viewKey}`;

  const views: EventViews = {
    event,
    data: (viewer) =>
      memo(keyOf(viewer, 'data'), () =>
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
      return data === null ? null : memo(keyOf(viewer, purpose), () => make(data));
    },
  };
  return views;
}
