import { PatchbayError } from '#src/errors';

/** PostgreSQL's codes are SQLSTATEs (manual, appendix A); the socket's are Node's. drizzle puts either under `cause`. */
export const isConflict = (error: unknown): boolean => codeOf(error) === '23505';

/** Rolled back by the server for no fault of the statement: serialization_failure, deadlock_detected. */
export const mayRunAgain = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error));

/**
 * A store that cannot be reached or cannot write is told from a statement that is wrong: the first is a 503. Where the
 * connection was lost under a commit nobody knows its outcome; a caller that repeats itself is told `known`.
 */
export function storeError(error: unknown): unknown {
  if (error instanceof PatchbayError || !isUnavailable(error)) return error;
  return new PatchbayError('store_unavailable', {
    public: 'The store cannot take writes at the moment. Try again.',
    internal: `postgres: ${codeOf(error) || rootOf(error).message}`,
    retryAfterSeconds: 5,
    cause: error,
  });
}

export const isUnavailable = (error: unknown): boolean =>
  error instanceof PatchbayError
    ? error.code === 'store_unavailable'
    : unavailable.test(codeOf(error)) || lost.test(rootOf(error).message);

// 08 connection exceptions, 53 insufficient resources (disk full, too many connections), 57P01 to 57P05 shutdown and
// start, 58030 io_error, 25006 read only: a standby after a failover.
const unavailable =
  /^(?:08...|53...|57P0[1-5]|58030|25006|E(?:CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|NOTFOUND|HOSTUNREACH|AI_AGAIN))$/;
// pg names these by their text alone (pg 8.23, lib/client.js; pg-pool 3, index.js).
const lost =
  /^Connection terminated|connection error and is not queryable|^Client was closed|^timeout exceeded when trying to connect|^Cannot use a pool after calling end/;

function codeOf(error: unknown): string {
  const { code } = rootOf(error) as Error & { code?: unknown };
  return typeof code === 'string' ? code : '';
}

function rootOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.cause instanceof Error ? rootOf(error.cause) : firstOf(error);
}

/** Node tries each address of a host, and says what became of each. */
const firstOf = (error: Error): Error =>
  error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
