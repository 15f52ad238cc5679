import type { Subject } from './levels.ts';

export type Found = {
  kind: string;
  id: string;
  /** Masked, where it names a person. */
  title: string;
  /** What of it was found. */
  matched: 'id' | 'name' | 'email' | 'host' | 'url' | 'network';
  /** Where to look on: itself, or what it hangs on; null where there is nothing of the kind. */
  at: Subject | null;
};

export const mostOfAKind = 20;
