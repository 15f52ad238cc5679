import { and, eq, inArray } from 'drizzle-orm';
import type { Ctx } from '#src/context';
import type { ShownSender } from './senders.ts';

/** What `made_by` of these is called: a person's name, or a token's label. By its id; what is gone has no name. */
export async function namesOfMakers(
  { store, caller }: Pick<Ctx, 'store' | 'caller'>,
  senders: readonly ShownSender[],
): Promise<Map<string, string>> {
  const ids = [...new Set(senders.flatMap(({ made_by: id }) => id ?? []))];
  if (ids.length === 0) return new Map();
  const { tokens, users } = store.tables;
  const people = await store.db
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(inArray(users.id, ids));
  const makers = await store.db
    .select({ id: tokens.id, name: tokens.label })
    .from(tokens)
    .where(and(inArray(tokens.id, ids), eq(tokens.accountId, caller.accountId ?? '')));
  return new Map([...people, ...makers].map(({ id, name }) => [id, name]));
}
