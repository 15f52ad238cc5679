/**
 * A notice tells an app that a grant or a token of its own has ended. It goes to the subscriptions that the app owns, and
 * it outlives what it tells of: ids and a reason are all that is in it, and an app that hears nothing would go on using
 * what it had. An app that was itself revoked still gets the notices of its grants, and nothing else.
 */
import { eq } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Candidate, EventRecord } from '#src/ports';
import { compileCandidate } from './compile.ts';
import type { SubscriptionRow } from './find.ts';

export const noticeTypes = ['grant.revoked', 'token.revoked'] as const;
export const isNotice = (type: string): boolean => noticeTypes.some((notice) => notice === type);

type Concerned = { grantId: string; accountId: string };

/** Judged by the app's scopes and standing alone. Null for a subscription that is no app's own, or does not compile. */
export function noticeCandidate(
  { gate, log }: Pick<Ports, 'gate' | 'log'>,
  subscription: SubscriptionRow,
  { grantId, accountId }: Concerned,
): Candidate | null {
  if (subscription.owner !== 'app' || subscription.state === 'deleted') return null;
  const hasEnded = gate.standing(subscription.epochs) === 'revoked';
  try {
    return compileCandidate({
      accountStatus: 'active',
      grant: {
        id: grantId,
        accountId,
        scopes: subscription.scopes,
        epochs: {},
        sinceEvent: 0,
        history: true,
      },
      // Paused, disabled by its owner or suspended it waits like everything else.
      subscription: {
        ...subscription,
        ...(hasEnded ? { epochs: {} } : {}),
        ...(subscription.stateReason === 'revoked' ? { state: 'active' as const } : {}),
      },
    });
  } catch (error) {
    log.error('subscription.uncompilable', error, { subscription: subscription.id });
    return null;
  }
}

/** For a notice that is to be sent now; null where its subscription is gone. */
export async function findNoticeCandidate(
  ports: Pick<Ports, 'store' | 'gate' | 'log'>,
  { subscriptionId, ...concerned }: Concerned & { subscriptionId: string },
): Promise<Candidate | null> {
  const { subscriptions } = ports.store.tables;
  const [row] = await ports.store.db
    .select()
    .from(subscriptions)
    .where(eq(subscriptions.id, subscriptionId))
    .limit(1);
  return row ? noticeCandidate(ports, row, concerned) : null;
}

/** An app hears of its own alone: what an account has with others is none of its business. */
export const isOfAnotherGrant = (
  { type, data }: Pick<EventRecord, 'type' | 'data'>,
  { appId, grantId }: { appId: string | null; grantId: string },
): boolean => isNotice(type) && appId !== null && data['grant_id'] !== grantId;
