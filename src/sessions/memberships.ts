import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Ports } from '#src/context';

export type Membership = {
  id: string;
  name: string;
  kind: 'person' | 'organisation';
  timeZone: string;
  status: 'active' | 'suspended' | 'closed' | 'erased';
  role: 'owner' | 'member';
};

/** The accounts that the person is a member of and that still live, by name. What closed stays closed. */
export async function membershipsOf({ store }: Pick<Ports, 'store'>, userId: string): Promise<Membership[]> {
  const { accounts, members } = store.tables;
  return store.db
    .select({
      id: accounts.id,
      name: accounts.name,
      kind: accounts.kind,
      timeZone: accounts.timeZone,
      status: accounts.status,
      role: members.role,
    })
    .from(members)
    .innerJoin(accounts, eq(accounts.id, members.accountId))
    .where(and(eq(members.userId, userId), inArray(accounts.status, ['active', 'suspended'])))
    .orderBy(asc(accounts.name))
    .limit(200);
}
