import type { Ports } from '#src/context';

/** What the token endpoint works with, all its verbs together. */
export type TokenPorts = Pick<
  Ports,
  | 'store'
  | 'gate'
  | 'clock'
  | 'chance'
  | 'ids'
  | 'digest'
  | 'peppers'
  | 'settings'
  | 'queue'
  | 'log'
  | 'meter'
>;
