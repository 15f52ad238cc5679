const dayMs = 86_400_000;

/** `2026-11-22`, UTC. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The newest first. */
export const lastDays = (ms: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => dayOf(ms - i * dayMs));

/** The row of a holder on a day. */
export const rowId = (day: string, holder: string): string => `${day} ${holder}`;
