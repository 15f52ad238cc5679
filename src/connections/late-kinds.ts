import type { Ports } from '#src/context';
import type { TaskKinds } from '#src/tasks';

/** What connections have to do by themselves, in a module that is loaded with the first such task. */
export const connectionKinds = (ports: Ports): TaskKinds => ({
  care: async (task) => (await kinds()).careKind(ports)(task),
  changes: async (task) => (await kinds()).changesKind(ports)(task),
  disconnect: async (task) => (await kinds()).disconnectKind(ports)(task),
  unlink: async (task) => (await kinds()).unlinkKind(ports)(task),
  unmute: async (task) => (await kinds()).unmuteKind(ports)(task),
  recall: async (task) => (await kinds()).recallKind(ports)(task),
});

const kinds = () => import('./kinds.ts');
