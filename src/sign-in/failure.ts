/**
 * Why nobody was signed in.
 *
 * - `unavailable`: the issuer does not answer, or not as its metadata promise
 * - `begun_elsewhere`: not in this browser, too long ago, or finished before
 * - `stopped`: the person, or the issuer, said no
 * - `not_proven`: what came does not verify
 * - `not_fresh`: the person was to prove anew who they are, and did not
 * - `unknown`: proven, and nobody here
 * - `taken`: this person, or this user, is linked to another already
 */
export type FailureReason =
  | 'unavailable'
  | 'begun_elsewhere'
  | 'stopped'
  | 'not_proven'
  | 'not_fresh'
  | 'unknown'
  | 'taken';

/** Its message is for the log: neither claims, nor codes, nor tokens are in it. */
export class SignInFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string = reason) {
    super(message);
    this.name = 'SignInFailure';
    this.reason = reason;
  }
}

/** What a step throws, as a failure of this reason; a failure stays what it is. */
export const failing =
  (reason: FailureReason) =>
  (error: unknown): never => {
    if (error instanceof SignInFailure) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new SignInFailure(reason, [text, codeOf(error)].filter(Boolean).join(': '));
  };

/** The issuer's own word (`invalid_client`), where its answer had one; never more of what it sent. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'error' in error && typeof error.error === 'string'
    ? (/^[a-z_]{1,60}$/.exec(error.error)?.[0] ?? '')
    : '';
