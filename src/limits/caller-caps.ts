import type { Caller, Settings } from '#src/context';
import type { Cap } from '#src/ports';

const minuteMs = 60_000;
/** Writing is dearer than reading. */
const cost = { read: 1, write: 5 };

export type CallerCaps = { read: readonly Cap[]; write: readonly Cap[] };

/**
 * The caps of a caller, widest last: its token, and the grant that all tokens of an account share. Defaults from the
 * settings, a minute's worth at once; plans put theirs in place of these.
 */
export function callerCaps(
  caller: Pick<Caller, 'tokenId' | 'grantId' | 'kind'>,
  settings: Pick<Settings, 'tokenUnitsPerMinute' | 'serviceUnitsPerMinute' | 'grantUnitsPerMinute'>,
): CallerCaps {
  const of = (level: 'token' | 'grant', id: string, unitsPerMinute: number): Cap => ({
    level,
    key: `${level}:${id}`,
    periodMs: minuteMs / unitsPerMinute,
    burst: unitsPerMinute,
    cost: 0,
  });
  const perToken = caller.kind === 's' ? settings.serviceUnitsPerMinute : settings.tokenUnitsPerMinute;
  const caps = [
    of('token', caller.tokenId, perToken),
    ...(caller.grantId ? [of('grant', caller.grantId, settings.grantUnitsPerMinute)] : []),
  ];
  return {
    read: caps.map((cap) => ({ ...cap, cost: cost.read })),
    write: caps.map((cap) => ({ ...cap, cost: cost.write })),
  };
}

export const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';
