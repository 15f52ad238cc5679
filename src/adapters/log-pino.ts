import { pino, type DestinationStream } from 'pino';
import type { Log } from '#src/ports';

/** JSON lines. An error's own text is logged, never its public one alone; bodies and tokens never come here. */
export function createPinoLog(level: string, destination?: DestinationStream): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'msg', errorKey: 'error' },
    destination ?? pino.destination({ sync: false, minLength: 4_096 }),
  );
  // Lines wait for company, but never longer than this.
  setInterval(() => logger.flush(), 500).unref();
  return {
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, cause, fields) =>
      logger.error({ ...fields, error: cause instanceof Error ? cause : new Error(String(cause)) }, event),
  };
}
