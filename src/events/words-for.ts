import type { Task } from '#src/tasks';

export const eventIdOf = (task: Task): string => `evt_${task.id.slice(4)}`;

/** The hub's own reasons in the words of the catalogue (src/catalog/types/hub.ts); the rest by what comes nearest. */
export const wordFor = (
  words: Readonly<Record<string, string>>,
  reason: unknown,
  otherwise: string,
): string => (typeof reason === 'string' ? words[reason] : undefined) ?? otherwise;
