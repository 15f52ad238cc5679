import { Worker } from 'node:worker_threads';
import { allowLoopback, type EgressPolicy, inspectUrl } from '#src/egress';
import type { Http, Log, OutboundRequest, OutboundResult } from '#src/ports';
import type { FromThread, ThreadRequest, ThreadSetup, ToThread } from './http-thread-protocol.ts';

export type ThreadHttpOptions = { policy: EgressPolicy; maxConnectionsPerOrigin: number; log: Log };

type Pending = {
  slot: number;
  startedAt: number;
  request: OutboundRequest;
  resolve: (result: OutboundResult) => void;
};

/** More at once wait here for a slot. */
const slots = 8_192;
/** How long a withdrawal may take to be seen: an attempt that has not sent a byte by then sends none. */
const recheckMs = 5;

/**
 * The same way out as http-node.ts, in a thread of its own: sockets, TLS and HTTP parsing are half of a delivery's
 * work, and the event loop that takes requests should not pay for it.
 */
export function createThreadHttp({ policy, maxConnectionsPerOrigin, log }: ThreadHttpOptions): Http {
  const shared = new SharedArrayBuffer(slots * Int32Array.BYTES_PER_ELEMENT);
  const withdrawn = new Int32Array(shared);
  const free = Array.from({ length: slots }, (_, slot) => slot);
  const pending = new Map<number, Pending>();
  const outgoing: ThreadRequest[] = [];
  const line: (() => void)[] = [];
  const state = { next: 0, isClosing: false, recheck: null as NodeJS.Timeout | null, closed: (): void => {} };
  const setup: ThreadSetup = {
    ports: policy.ports,
    ownHosts: policy.ownHosts,
    isLoopbackOpen: policy[allowLoopback] === true,
    maxConnectionsPerOrigin,
    withdrawn: shared,
  };
  const thread = { worker: start() };

  return {
    send: (request) =>
      new Promise((resolve) => {
        const enter = () => post(request, resolve);
        if (free.length > 0) enter();
        else line.push(enter);
      }),
    inspect: (url) => {
      const verdict = inspectUrl(url, policy);
      return verdict.ok ? { ok: true, host: verdict.host } : verdict;
    },
    close: async () => {
      state.isClosing = true;
      const closed = new Promise<void>((resolve) => {
        state.closed = resolve;
      });
      // Nothing else may be alive by now, and the answer is still to come.
      thread.worker.ref();
      say({ kind: 'close' });
      await closed;
      await thread.worker.terminate();
    },
  };

  function start(): Worker {
    // Bundled, the thread's code lies beside this file; in the source tree too, as TypeScript.
    const file = import.meta.url.endsWith('.ts') ? './http-worker.ts' : './http-worker.js';
    const worker = new Worker(new URL(file, import.meta.url), { workerData: setup });
    worker.on('message', hear);
    worker.on('error', (error) => log.error('http_thread_fault', error));
    worker.on('exit', () => {
      state.closed();
      if (state.isClosing) return;
      failAll();
      thread.worker = start();
    });
    worker.unref();
    return worker;
  }

  function say(message: ToThread): void {
    thread.worker.postMessage(message);
  }

  function post(request: OutboundRequest, resolve: (result: OutboundResult) => void): void {
    const slot = free.pop() ?? 0;
    const number = state.next++;
    const { mayStillSend: _, ...plain } = request;
    Atomics.store(withdrawn, slot, 0);
    pending.set(number, { slot, startedAt: performance.now(), request, resolve });
    if (outgoing.push({ number, slot, request: plain }) === 1)
      setImmediate(() => say({ kind: 'send', requests: outgoing.splice(0) }));
    // A promise alone keeps no process alive; what is being sent does.
    thread.worker.ref();
    state.recheck ??= setInterval(recheck, recheckMs);
  }

  /** Asks again for all that may not have left yet; the thread looks between connect and the first byte. */
  function recheck(): void {
    for (const { slot, request } of pending.values())
      if (request.mayStillSend?.() === false) Atomics.store(withdrawn, slot, 1);
  }

  function hear(message: FromThread): void {
    if (message.kind === 'closed') state.closed();
    else if (message.kind === 'log') relay(message);
    else for (const { number, result } of message.results) settle(number, result);
  }

  function relay({ level, event, fields }: Extract<FromThread, { kind: 'log' }>): void {
    if (level === 'error') log.error(event, new Error(fields['detail']));
    else log[level](event, fields);
  }

  function settle(number: number, result: OutboundResult): void {
    const one = pending.get(number);
    if (!one) return;
    pending.delete(number);
    free.push(one.slot);
    if (pending.size === 0) rest();
    one.resolve(result);
    line.shift()?.();
  }

  function rest(): void {
    thread.worker.unref();
    if (state.recheck) clearInterval(state.recheck);
    state.recheck = null;
  }

  /** The thread died: whether bytes had left is not known, so each counts as sent, and is tried again by its schedule. */
  function failAll(): void {
    for (const [number, { startedAt }] of pending) {
      settle(number, {
        kind: 'failed',
        code: 'reset',
        detail: 'the sending thread ended',
        sent: true,
        durationMs: performance.now() - startedAt,
        address: null,
      });
    }
  }
}
