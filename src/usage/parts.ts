import { listGrants, listTokens, requireGrant } from '#src/access';
import type { Ctx } from '#src/context';
import type { Holder } from '#src/ports';
import { type DayUse, useByDay } from './read.ts';

/**
 * One part of an account's use. `own`: all that it does itself, by tokens and in the browser, with what its
 * subscriptions are sent; `token`: the calls of one personal token, which are among its own; `app`: of one consent.
 */
export type UsagePart = {
  of: Holder;
  kind: 'own' | 'token' | 'app';
  name: string;
  /** Of an app. */
  partner: string | null;
  days: DayUse[];
};

/** A page that nobody reads to its end says less than one that stops. */
const mostParts = 40;

/** Whose calls and deliveries they were: first the account's own, then by token and by app, the newest of each first. */
export async function usageParts(ctx: Ctx, dayCount: number): Promise<UsagePart[]> {
  const { grantId } = requireGrant(ctx.caller);
  const [{ data: tokens }, { data: grants }] = await Promise.all([
    listTokens(ctx, { limit: mostParts, personal: true }),
    listGrants(ctx, { limit: mostParts, ofApps: true }),
  ]);
  const named = [
    { of: `grant:${grantId}`, kind: 'own' as const, name: 'Your own automation', partner: null },
    ...tokens.map(({ id, label }) => ({
      of: `token:${id}`,
      kind: 'token' as const,
      name: label,
      partner: null,
    })),
    ...grants
      .filter(({ id }) => id !== grantId)
      .map((grant) => ({
        of: `grant:${grant.id}`,
        kind: 'app' as const,
        name: grant.app_name ?? '',
        partner: grant.partner_name,
      })),
  ];
  const used = await useByDay(
    ctx,
    named.map(({ of }) => of),
    dayCount,
  );
  return named.map((part) => ({ ...part, days: used.get(part.of) ?? [] }));
}
