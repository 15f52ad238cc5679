import type { Caller, Settings } from '#src/context';
import type { Cap, CapLevel, Holder } from '#src/ports';
import type { EpochSnapshot } from '#src/store';
import { type Plan, plans } from './plans.ts';

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
  | 'feedFetchesPerMinute'
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
 * minute. A level is there only where the caller has it. The marketplace's own has its token's alone. The plan is that of
 * whom the calls count for; a person is on none, so no plan of a partner takes more of them than another's.
 */
export function callerCaps(caller: Who, settings: Rates, plan: Plan = plans.free): CallerCaps {
  const { tokenId, grantId, userId, appId, partnerId, kind } = caller;
  if (kind === 's') return classes([capOf('token', tokenId, settings.serviceUnitsPerMinute)]);
  const of = (level: CapLevel, id: string | null | undefined, perMinute: number, times = plan.times): Cap[] =>
    id ? [capOf(level, id, perMinute * times)] : [];
  const units = [
    ...of('token', tokenId, kind === 'f' ? settings.feedFetchesPerMinute : settings.tokenUnitsPerMinute),
    ...of('grant', grantId, settings.grantUnitsPerMinute),
    ...of('user', userId, settings.userUnitsPerMinute, 1),
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
  caller: Pick<Caller, 'tokenId' | 'grantId' | 'accountId' | 'appId' | 'partnerId' | 'kind'> &
    Partial<Pick<Caller, 'userId'>>,
): Spender {
  const { tokenId, grantId, accountId, userId, appId, partnerId, kind } = caller;
  const own: Holder = `token:${tokenId}`;
  if (kind === 's') return { holders: [own], shown: own, payer: null };
  const wide = appId ? [...named('app', appId), ...named('partner', partnerId)] : named('account', accountId);
  // A person's own tokens are few, and asked about one by one; an app's are new every hour.
  const narrow = [...named('grant', grantId), ...(kind === 'k' ? [own] : [])];
  const shown = [...narrow, ...wide][0] ?? own;
  return { holders: [...narrow, ...named('user', userId), ...wide], shown, payer: wide.at(-1) ?? null };
}

/** Whose use a delivery is: as of a call by the app or the account that it goes to. `epochs`: of the grant, where it is known. */
export function deliveryHolders(to: {
  grantId: string;
  accountId: string;
  epochs: EpochSnapshot | undefined;
}): Holder[] {
  const own: Holder = `grant:${to.grantId}`;
  if (!to.epochs) return [own];
  const { app, partner, user } = to.epochs;
  const wide = app
    ? [...named('app', app[0]), ...named('partner', partner?.[0])]
    : named('account', to.accountId);
  return [own, ...named('user', user?.[0]), ...wide];
}

const named = (kind: string, id: string | null | undefined): Holder[] => (id ? [`${kind}:${id}`] : []);
