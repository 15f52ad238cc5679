import type { OutboundRequest, OutboundResult } from '#src/ports';

/** What the two threads say to each other. Lists, since a message costs more than what is in it. */
export type ToThread = { kind: 'send'; requests: ThreadRequest[] } | { kind: 'close' };
export type ThreadRequest = { number: number; slot: number; request: Omit<OutboundRequest, 'mayStillSend'> };
export type FromThread =
  | { kind: 'results'; results: { number: number; result: OutboundResult }[] }
  | { kind: 'log'; level: 'info' | 'warn' | 'error'; event: string; fields: Record<string, string> }
  | { kind: 'closed' };

export type ThreadSetup = {
  ports: number[];
  ownHosts: string[];
  isLoopbackOpen: boolean;
  maxConnectionsPerOrigin: number;
  /** One cell a slot: 1 tells the thread to send nothing. Shared memory, because a message would come too late. */
  withdrawn: SharedArrayBuffer;
};
