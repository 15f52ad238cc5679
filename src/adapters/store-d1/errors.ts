import { PatchbayError } from '#src/errors';

/** D1 has no codes, only texts: `D1_ERROR: UNIQUE constraint failed: accounts.name: SQLITE_CONSTRAINT`. */
export const isConflict = (error: unknown): boolean => /UNIQUE constraint failed/.test(textOf(error));

/** A database that cannot take writes now is told from a statement that is wrong: the first is a 503. */
export function storeError(error: unknown): unknown {
  if (error instanceof PatchbayError || !unavailable.test(textOf(error))) return error;
  return new PatchbayError('store_unavailable', {
    public: 'The store cannot take writes at the moment. Try again.',
    internal: textOf(error).slice(0, 300),
    retryAfterSeconds: 5,
    cause: error,
  });
}

// "Observability: debug D1, list of errors" in Cloudflare's documentation, 2026-11, and SQLite's own for a full disk.
const unavailable =
  /Network connection lost|storage caused object to be reset|storage operation exceeded timeout|DB is overloaded|DB's isolate exceeded|reset because its code was updated|Internal error in D1|Cannot resolve D1 DB|Exceeded maximum DB size|SQLITE_(?:FULL|READONLY|IOERR|BUSY)/;

const textOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.message} ${error.cause === undefined ? '' : textOf(error.cause)}`
    : String(error);
