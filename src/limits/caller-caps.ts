import type { Caller, Settings } from '#src/context';
import type { Cap, CapLevel, Holder } from '#src/ports';
import { type Plan, planOf } from './plans.ts';

const minuteMs = 60_000;
/** Writing is dearer than reading. */
const cost = { read: 1, write: 5 };

export type CallClass = 'read' | 'write' | 'create';
export type CallerCaps = Record<CallClass, readonly Cap[]>;

type Who = Pick<Caller, 'tokenId' | 'grantId' | 'kind'> &
  Partial<Pick<Caller, 'userId' | 'appId' | 'partnerId'>>;
type Rates = Pick<
  Settings,
  | 'tokenUnitsPerMinute'
  | 'serviceUnitsPerMinute'
  | 'grantUnitsPerMinute'
  | 'userUnitsPerMinute'
  | 'appUnitsPerMinute'
  | 'partnerUnitsPerMinute'
  | 'createsPerMinute'
>;

/**
 * The caps of a caller, narrow before wide, a minute's worth at once: its token, the grant that all tokens of an account
 * or a consent share, the person across all apps, the app, the partner; and for calls that create something, how many a
 * minute. A level is there only where the caller has it. The marketplace's own has its token's alone.
 */
export function callerCaps(caller: Who, settings: Rates, plan: Plan = planOf()): CallerCaps {
  const { tokenId, grantId, userId, appId, partnerId, kind } = caller;
  if (kind === 's') return classes([capOf('token', tokenId, settings.serviceUnitsPerMinute)]);
  const of = (level: CapLevel, id: string | null | undefined, unitsPerMinute: number): Cap[] =>
    id ? [capOf(level, id, unitsPerMinute * plan.times)] : [];
  const units = [
    ...of('token', tokenId, settings.tokenUnitsPerMinute),
    ...of('grant', grantId, settings.grantUnitsPerMinute),
    ...of('user', userId, settings.userUnitsPerMinute),
    ...of('app', appId, settings.appUnitsPerMinute),
    ...of('partner', partnerId, settings.partnerUnitsPerMinute),
  ];
  const creates = of('creates', grantId ?? tokenId, settings.createsPerMinute);
  return classes(units, creates);
}

function capOf(level: CapLevel, id: string, perMinute: number): Cap {
  return { level, key: `${level}:${id}`, periodMs: minuteMs / perMinute, burst: perMinute, cost: 1 };
}

function classes(units: readonly Cap[], creates: readonly Cap[] = []): CallerCaps {
  const write = units.map((cap) => ({ ...cap, cost: cost.write }));
  return {
    read: units.map((cap) => ({ ...cap, cost: cost.read })),
    write,
    create: [...write, ...creates],
  };
}

/** What a call costs of each cap that counts units. */
export const unitsOf = (callClass: CallClass): number => (callClass === 'read' ? cost.read : cost.write);

export function classOf(method: string): CallClass {
  if (method === 'GET' || method === 'HEAD') return 'read';
  return method === 'POST' ? 'create' : 'write';
}

export type Spender = { holders: readonly Holder[]; shown: Holder; payer: Holder | null };

/**
 * Whose use a call is. `shown` is what the caller may look at: its grant, else its app or its token. `payer` is whom the
 * plan's day counts for: the partner of an app, an account by itself; null for the marketplace's own.
 */
export function spenderOf(
  caller: Pick<Caller, 'tokenId' | 'grantId' | 'accountId' | 'appId' | 'partnerId' | 'kind'>,
): Spender {
  const { tokenId, grantId, accountId, appId, partnerId, kind } = caller;
  const own: Holder = `token:${tokenId}`;
  if (kind === 's') return { holders: [own], shown: own, payer: null };
  const wide = appId ? [...named('app', appId), ...named('partner', partnerId)] : named('account', accountId);
  // A person's own tokens are few, and asked about one by one; an app's are new every hour.
  const holders = [...named('grant', grantId), ...(kind === 'k' ? [own] : []), ...wide];
  return { holders, shown: holders[0] ?? own, payer: holders.at(-1) ?? null };
}

const named = (kind: string, id: string | null): Holder[] => (id ? [`${kind}:${id}`] : []);
