import type { Gate, Queue, Store } from '#src/ports';
import type { HostKeys } from './adapters/host-node/keys.ts';
import type { Consumer } from './adapters/queue-embedded.ts';

/** What the profiles of Node differ in; all else is lent alike (node.ts). */
export type Lending = {
  keys: HostKeys;
  store: Store;
  gate: Gate;
  queue: Queue;
  /** This process sends from now on. */
  bind(consumer: Consumer): Promise<void>;
  unbind(): Promise<void>;
  /** Of these lanes, those that are this process's to send in; all of them where it is alone. */
  owned?: (lanes: string[]) => Promise<string[]>;
  close(): Promise<void>;
};
