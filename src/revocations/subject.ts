import { desc, eq } from 'drizzle-orm';
import type { RevocationRow } from '#src/access';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';

/** What staff may stop. The installation as a whole is for the operator's shell. */
export const levels = ['token', 'grant', 'user', 'app', 'partner', 'account'] as const;
export type Level = (typeof levels)[number];
export type Subject = { level: Level; id: string };

/** `name`: of what is no person; people's names are for who may see them. */
export type FoundSubject = Subject & {
  name: string | null;
  accountId: string | null;
  endedAt: Date | null;
  /** Of a refresh token: its chain ends with it. */
  chainId: string | null;
};

/** 404 for what is not there: nothing is written for an id that somebody mistyped. */
export async function findSubject({ store }: Pick<Ports, 'store'>, subject: Subject): Promise<FoundSubject> {
  const found = await readSubject(store, subject);
  if (found) return { ...subject, ...found };
  throw new PatchbayError('not_found', { public: `There is no ${subject.level} ${subject.id}.` });
}

const facts = { name: null, accountId: null, endedAt: null, chainId: null };

async function readSubject(
  { db, tables }: Ports['store'],
  { level, id }: Subject,
): Promise<Omit<FoundSubject, 'level' | 'id'> | null> {
  const { tokens, grants, users, apps, partners, accounts } = tables;
  switch (level) {
    case 'token': {
      const [row] = await db.select().from(tokens).where(eq(tokens.id, id)).limit(1);
      if (!row) return null;
      const { label, accountId, revokedAt, kind } = row;
      return {
        ...facts,
        name: label,
        accountId,
        endedAt: revokedAt,
        chainId: kind === 'r' ? row.chainId : null,
      };
    }
    case 'grant': {
      const [row] = await db.select().from(grants).where(eq(grants.id, id)).limit(1);
      return row ? { ...facts, accountId: row.accountId, endedAt: row.endedAt } : null;
    }
    case 'user': {
      const [row] = await db.select({ id: users.id }).from(users).where(eq(users.id, id)).limit(1);
      return row ? facts : null;
    }
    case 'app': {
      const [row] = await db.select().from(apps).where(eq(apps.id, id)).limit(1);
      return row ? { ...facts, name: row.name } : null;
    }
    case 'partner': {
      const [row] = await db.select().from(partners).where(eq(partners.id, id)).limit(1);
      return row ? { ...facts, name: row.name } : null;
    }
    case 'account': {
      const [row] = await db.select().from(accounts).where(eq(accounts.id, id)).limit(1);
      return row ? { ...facts, name: row.kind === 'person' ? null : row.name, accountId: id } : null;
    }
    default:
      return level satisfies never;
  }
}

/** The newest receipt of exactly this. */
export async function lastReceipt(
  { store }: Pick<Ports, 'store'>,
  { level, id }: Subject,
): Promise<RevocationRow | null> {
  const { revocations } = store.tables;
  const rows = await store.db
    .select()
    .from(revocations)
    .where(eq(revocations.subjectId, id))
    .orderBy(desc(revocations.id))
    .limit(10);
  return rows.find((row) => row.level === level) ?? null;
}
