import type { Dispatcher } from 'undici';
import type { OutboundRequest, OutboundResult } from '#src/ports';
import type { Deadlines, Expiring } from './deadlines.ts';
import { ConnectFailure, codeOf, explainBreak, isLostConnection, Withdrawal } from './failure.ts';

type AnswerHeaders = Record<string, string | string[] | undefined>;

/** The connection that an exchange sits on, as far as the exchange needs to know it. */
export type Carrier = {
  readonly address: string | null;
  run(exchange: Exchange): void;
  giveUpConnecting(): void;
  /** Called once for each `run`, when undici is through with the exchange. */
  release(): void;
};

/**
 * One request and its answer, as undici's handler. A class, because it is made once a delivery and one shape of
 * object without closures is what keeps it as cheap as undici's own.
 *
 *   waiting ─▶ aboard ─▶ started ─▶ status came ─▶ settled
 *      └─────────┴──────────┴────────────┴─ deadline, loss, refusal ─▶ settled
 *
 * Settled is what the caller sees, once. The connection may be busy with the remains for longer:
 * it is released when undici says that the exchange ended.
 */
export class Exchange implements Dispatcher.DispatchHandler, Expiring {
  slot = 0;
  isSettled = false;
  readonly request: OutboundRequest;
  readonly path: string;
  readonly #startedAt: number;
  readonly #deadlines: Deadlines;
  readonly #resolve: (result: OutboundResult) => void;
  #carrier: Carrier | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #hasRetried = false;
  #status = 0;
  #headers: AnswerHeaders = {};
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #bodyBytes = 0;

  constructor(
    request: OutboundRequest,
    path: string,
    startedAt: number,
    deadlines: Deadlines,
    resolve: (result: OutboundResult) => void,
  ) {
    this.request = request;
    this.path = path;
    this.#startedAt = startedAt;
    this.#deadlines = deadlines;
    this.#resolve = resolve;
    deadlines.add(this, startedAt, request.deadlineMs);
  }

  board(carrier: Carrier): void {
    this.#carrier = carrier;
  }

  /** The deadline has passed, wherever the exchange stands: in the queue, connecting, sent or half answered. */
  expire(): void {
    if (this.#status !== 0) this.#answer('stalled');
    else this.#fail('timeout', 'The deadline passed.', this.#carrier?.address ?? null);
    if (this.#controller !== null) this.#controller.abort(overdue);
    else this.#carrier?.giveUpConnecting();
  }

  /** The hub is closing and this exchange never got a connection. */
  dismiss(): void {
    if (!this.isSettled) this.#fail('connect_failed', 'The hub is stopping.', null);
  }

  /** The request itself is wrong; it never gets a connection. */
  reject(detail: string): void {
    this.#fail('protocol_error', detail, null);
  }

  // undici calls this with the connection up and nothing written. Throwing takes the request back and leaves the
  // connection whole; `controller.abort` would destroy it.
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.isSettled) throw overdue;
    if (this.request.mayStillSend?.() === false) {
      this.#settle({ kind: 'withdrawn', durationMs: this.#elapsedMs() });
      throw withdrawn;
    }
    this.#controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    // RFC 9110 §15.2: an interim answer; the final one follows.
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isSettled) return;
    const { maxAnswerBytes, keepAnswerBytes } = this.request;
    const taken =
      chunk.length > maxAnswerBytes - this.#bodyBytes
        ? chunk.subarray(0, maxAnswerBytes - this.#bodyBytes)
        : chunk;
    this.#bodyBytes += taken.length;
    if (this.#keptBytes < keepAnswerBytes) {
      const kept = taken.subarray(0, keepAnswerBytes - this.#keptBytes);
      this.#keptBytes += kept.length;
      this.#kept.push(kept);
    }
    if (taken.length === chunk.length) return;
    this.#answer('cut');
    controller.abort(cut);
  }

  onResponseEnd(): void {
    if (!this.isSettled) this.#answer('complete');
    this.#carrier?.release();
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#mayRetry(error)) {
      this.#hasRetried = true;
      const carrier = this.#carrier;
      // After undici has cleared the dead connection away.
      queueMicrotask(() => carrier?.run(this));
      return;
    }
    if (!this.isSettled) this.#settleError(error);
    this.#carrier?.release();
  }

  /** A kept connection that died under the request before undici wrote any of it: as if it had not been there. */
  #mayRetry(error: Error): boolean {
    return !this.isSettled && !this.#hasRetried && this.#controller === null && isLostConnection(error);
  }

  #settleError(error: Error): void {
    if (this.#status !== 0) return this.#answer('broken');
    if (error instanceof ConnectFailure) {
      if (error.outcome !== 'refused') return this.#fail(error.outcome, error.message, error.address);
      return this.#settle({
        kind: 'refused',
        code: 'address_refused',
        detail: error.message,
        durationMs: this.#elapsedMs(),
      });
    }
    const address = this.#carrier?.address ?? null;
    if (this.#controller === null) {
      if (isLostConnection(error))
        return this.#fail('connect_failed', `The connection was lost (${codeOf(error)}).`, address);
      return this.#fail(
        'protocol_error',
        `The request cannot be sent as HTTP/1.1 (${codeOf(error)}).`,
        address,
      );
    }
    const { code, detail } = explainBreak(error);
    this.#fail(code, detail, address);
  }

  #answer(answerEnd: 'complete' | 'cut' | 'stalled' | 'broken'): void {
    this.#settle({
      kind: 'answered',
      status: this.#status,
      headers: lastValues(this.#headers),
      body: this.#text(),
      bodyBytes: this.#bodyBytes,
      answerEnd,
      durationMs: this.#elapsedMs(),
      address: this.#carrier?.address ?? null,
    });
  }

  #fail(
    code: Extract<OutboundResult, { kind: 'failed' }>['code'],
    detail: string,
    address: string | null,
  ): void {
    const sent = this.#controller !== null;
    this.#settle({ kind: 'failed', code, detail, sent, durationMs: this.#elapsedMs(), address });
  }

  #settle(result: OutboundResult): void {
    this.isSettled = true;
    this.#kept = [];
    this.#deadlines.remove(this);
    this.#resolve(result);
  }

  #text(): string {
    const [first, second] = this.#kept;
    if (first === undefined) return '';
    const bytes = second === undefined ? first : Buffer.concat(this.#kept);
    if (this.#keptBytes === this.#bodyBytes) return bytes.toString('utf8');
    // Cut: `stream` leaves out a character whose bytes are not all there.
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true });
  }

  #elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }
}

function lastValues(headers: AnswerHeaders): Record<string, string> {
  const single: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) single[name] = last;
  }
  return single;
}

// Made once: they steer undici and are never shown, and a stack trace a delivery is not free.
const overdue = new Withdrawal('overdue');
const withdrawn = new Withdrawal('withdrawn');
const cut = new Withdrawal('cut');
