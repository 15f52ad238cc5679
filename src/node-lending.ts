import type { HostOperations } from '#src/operate';
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
  /** What /readyz tells apart, where there is more than the store. */
  checks?: HostOperations['checks'];
  /** Sets gauges that are read when somebody looks. */
  measure?: HostOperations['measure'];
  close(): Promise<void>;
};
