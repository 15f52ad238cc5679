import type { Log, LogFields } from '#src/ports';

const levels = ['info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof levels)[number];

/** JSON lines on the console, which Workers Logs reads field by field. An error's own text is logged, never a body. */
export function createConsoleLog(least: string): Log {
  const from = Math.max(0, levels.indexOf(least as LogLevel)); // -1 for a level that is none: then all.
  const write = (level: LogLevel, event: string, fields: LogFields = {}): void => {
    if (levels.indexOf(level) < from) return;
    console.log(JSON.stringify({ level, time: new Date().toISOString(), msg: event, ...fields }));
  };
  return {
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, cause, fields) => write('error', event, { ...fields, ...explained(cause) }),
  };
}

function explained(cause: unknown): LogFields {
  if (!(cause instanceof Error)) return { error: String(cause) };
  const deeper = cause.cause instanceof Error ? cause.cause.message : null;
  return { error: cause.message, stack: cause.stack, ...(deeper === null ? {} : { cause: deeper }) };
}
