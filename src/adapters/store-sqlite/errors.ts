import { PatchbayError } from '#src/errors';

/** What SQLite said no with: `code` is its own, such as SQLITE_CONSTRAINT_UNIQUE. */
export class SqliteFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'SqliteFailure';
    this.code = code;
  }
}

/** A store that cannot write is told from a statement that is wrong: the first is a 503, and nothing was accepted. */
export function failureToError({ code, message }: { code: string; message: string }): unknown {
  const cause = new SqliteFailure(code, message);
  if (!/^SQLITE_(FULL|READONLY|IOERR|BUSY|CANTOPEN|NOTADB|CORRUPT)/.test(code)) return cause;
  return new PatchbayError('store_unavailable', {
    public: 'The store cannot take writes at the moment. Nothing was accepted; try again.',
    internal: `sqlite: ${code}`,
    retryAfterSeconds: 5,
    cause,
  });
}

export const isConflict = (error: unknown): boolean =>
  error instanceof SqliteFailure && /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY|ROWID)$/.test(error.code);

/** A read throws the driver's own error, with drizzle's around it. */
export function readFailure(error: unknown): unknown {
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  if (typeof code === 'string' && code.startsWith('SQLITE_'))
    return failureToError({ code, message: String(message) });
  return cause instanceof Error ? readFailure(cause) : error;
}
