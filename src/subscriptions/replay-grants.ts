import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import type { Ports } from '#src/context';
import type { Candidate } from '#src/ports';
import type { SubscriptionRow } from './find.ts';

type Needs = Pick<Ports, 'store' | 'gate' | 'directory'>;

/** Under which a subscription is sent events: its own, or, where an app owns it, each of the app's in turn. */
export async function nextGrant(
  { store }: Needs,
  row: SubscriptionRow,
  before: string,
): Promise<{ id: string; accountId: string } | undefined> {
  const { grants } = store.tables;
  const owners = row.owner === 'app' ? eq(grants.appId, row.appId ?? '') : eq(grants.id, row.grantId ?? '');
  const [grant] = await store.db
    .select({ id: grants.id, accountId: grants.accountId })
    .from(grants)
    .where(and(owners, eq(grants.env, row.env), isNull(grants.endedAt), gt(grants.id, before)))
    .orderBy(asc(grants.id))
    .limit(1);
  return grant;
}

/** Undefined where the grant has ended or was revoked: nothing is sent again under it. */
export async function candidateUnder(
  { directory, gate }: Needs,
  row: SubscriptionRow,
  accountId: string,
  grantId: string,
): Promise<Candidate | undefined> {
  const lookup = directory.known(row.env, [accountId]) ?? (await directory.load(row.env, [accountId]));
  const candidate = lookup
    .of(accountId)
    .find(({ subscription, grant }) => subscription.id === row.id && grant.id === grantId);
  if (!candidate || gate.standing(candidate.subscription.epochs, candidate.grant.epochs) === 'revoked')
    return undefined;
  return candidate;
}
