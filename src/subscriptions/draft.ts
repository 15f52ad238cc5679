import type { Caller, Ctx } from '#src/context';
import type { EpochSnapshot } from '#src/store';
import type { SubscriptionRow } from './find.ts';
import type { SubscriptionSpec } from './spec.ts';

/** A subscription before it is written: its place among events, its keys and its health come with the write. */
export type Draft = Omit<SubscriptionRow, 'sinceEvent' | 'publicKey'>;

export type CheckedSpec = Omit<SubscriptionSpec, 'max_per_second'> & { host: string; maxPerSecond: number };

export function draftOf(ctx: Pick<Ctx, 'caller' | 'clock'>, id: string, spec: CheckedSpec): Draft {
  const { caller } = ctx;
  const now = ctx.clock.now();
  const isApp = spec.owner === 'app';
  return {
    id,
    env: caller.env,
    owner: spec.owner,
    accountId: isApp ? null : caller.accountId,
    grantId: isApp ? null : caller.grantId,
    appId: caller.appId,
    partnerId: caller.partnerId,
    tokenId: caller.tokenId,
    userId: isApp ? null : caller.userId,
    scopes: [...caller.scopes],
    epochs: isApp ? epochsOfApp(caller) : caller.epochs,
    endpoint: spec.endpoint,
    host: spec.host,
    eventTypes: spec.event_types,
    cities: spec.cities,
    filter: spec.filter ?? null,
    schemaVersion: spec.schema_version,
    format: spec.format,
    signature: spec.signature,
    ordering: spec.ordering,
    maxPerSecond: spec.maxPerSecond,
    description: spec.description,
    state: 'active',
    stateReason: null,
    provenAt: null,
    failingSince: null,
    via: null,
    approval: null,
    approvalRule: null,
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
}

/**
 * It belongs to the app, whichever account's token made it: with that account's epochs in it, one account that takes
 * back its consent would stop it for all the others. Each delivery still asks the epochs of its own grant.
 */
function epochsOfApp({ epochs: { installation, partner, app } }: Caller): EpochSnapshot {
  return { ...(installation && { installation }), ...(partner && { partner }), ...(app && { app }) };
}
