import type { FailureCode } from '#src/ports';

/** Why a connection did not come up. The request was not sent. */
export class ConnectFailure extends Error {
  readonly outcome: FailureCode | 'refused';
  readonly address: string | null;
  // undici fails the waiting request only for a code other than its own UND_ERR_SOCKET and UND_ERR_INFO.
  readonly code = 'PATCHBAY_CONNECT';

  constructor(outcome: FailureCode | 'refused', detail: string, address: string | null = null) {
    super(detail);
    this.name = 'ConnectFailure';
    this.outcome = outcome;
    this.address = address;
  }
}

/** Raised inside undici to take a request back before its first byte; the connection stays usable. */
export class Withdrawal extends Error {
  override name = 'Withdrawal';
}

/** The closed code for an error after the connection was up, and words that hold nothing of the request. */
export function explainBreak(error: Error): { code: FailureCode; detail: string } {
  const code = codeOf(error);
  if (lostCodes.has(code))
    return { code: 'reset', detail: `The other side closed the connection (${code}).` };
  return { code: 'protocol_error', detail: `The exchange broke HTTP/1.1 (${code}).` };
}

/** A connection that was already dead when the request was to be written. */
export function isLostConnection(error: Error): boolean {
  return lostCodes.has(codeOf(error));
}

export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown';
}

const lostCodes: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ETIMEDOUT',
  'ENETDOWN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETRESET',
  'UND_ERR_SOCKET',
  'UND_ERR_DESTROYED',
  'UND_ERR_CLOSED',
]);
