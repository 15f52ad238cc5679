import type { Ports } from '#src/context';
import { announce, expandEvent } from '#src/events';
import type { TaskKinds } from '#src/tasks';

/** What each kind of durable work does; the rooms own them. */
export const taskKinds = (ports: Ports): TaskKinds => ({
  expand: expandEvent(ports),
  announce: announce(ports),
});
