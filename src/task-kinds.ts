import type { Ports } from '#src/context';
import type { TaskKinds } from '#src/tasks';

/** What each kind of durable work does; the rooms own them. */
export const taskKinds = (_ports: Ports): TaskKinds => ({});
