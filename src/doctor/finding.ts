/** `warn` is worth a look; `bad` makes the command end with exit code 1. */
export type Finding = {
  what: string;
  state: 'good' | 'warn' | 'bad';
  found: string;
  /** What goes wrong if nothing is done. */
  why?: string;
  remedy?: string;
};

type Trouble = { found: string; why: string; remedy: string };

export const good = (what: string, found: string): Finding => ({ what, state: 'good', found });
export const warn = (what: string, trouble: Trouble): Finding => ({ what, state: 'warn', ...trouble });
export const bad = (what: string, trouble: Trouble): Finding => ({ what, state: 'bad', ...trouble });
