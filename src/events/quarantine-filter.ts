import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Env, Store } from '#src/ports';

/** Which events in quarantine; what is null or missing is any. */
export type QuarantineFilter = {
  type: string | null;
  /** A code, or with where in the data: `schema`, `schema:/confirmed_at`. */
  reason: string | null;
  /** The token that it was published by. */
  publisher: string | null;
};
export type QuarantineScope = { env: Env } & {
  [Name in keyof QuarantineFilter]?: QuarantineFilter[Name] | undefined;
};

export function isQuarantined(
  store: Pick<Store, 'dialect' | 'tables'>,
  { env, type, reason, publisher }: QuarantineScope,
): SQL | undefined {
  const { events } = store.tables;
  return and(
    eq(events.state, 'quarantined'),
    eq(events.env, env),
    type ? eq(events.type, type) : undefined,
    publisher ? eq(events.tokenId, publisher) : undefined,
    reason ? hasReason(store, reason) : undefined,
  );
}

function hasReason(store: Pick<Store, 'dialect' | 'tables'>, reason: string): SQL {
  const at = reason.indexOf(':');
  const code = at < 0 ? reason : reason.slice(0, at);
  const { events } = store.tables;
  const isThere = at < 0 ? sql`` : sql` and ${part('pointer')} = ${reason.slice(at + 1)}`;
  return sql`exists (select 1 from ${eachReason(store, sql`${events.reasons}`)} where ${part('code')} = ${code}${isThere})`;
}

/** The reasons of an event, as rows `one(value)`. */
export const eachReason = ({ dialect }: Pick<Store, 'dialect'>, list: SQL): SQL =>
  dialect === 'sqlite' ? sql`json_each(${list}) one` : sql`json_array_elements(${list}) one(value)`;

/** SQLite and PostgreSQL read it alike. */
export const part = (name: 'code' | 'pointer'): SQL<string> =>
  sql<string>`one.value ->> ${sql.raw(`'${name}'`)}`;
