import type { Settings } from '#src/context';
import type { Schema } from '#src/store';

type Row<T extends 'tokens' | 'grants'> = Schema[T]['$inferSelect'];
/** What is known of the use of a personal token or of a consent. */
export type Used = Pick<Row<'tokens'>, 'createdAt' | 'lastUsedAt' | 'warnedAt'> &
  Partial<Pick<Row<'tokens'>, 'lastDeliveredAt'>>;
type Limits = Pick<Settings, 'inactiveAfterMs' | 'inactivityNoticeMs'>;

/** Milliseconds. A delivery is a use as much as a call; what was never used was used when it was made. */
export const lastUseMs = ({ createdAt, lastUsedAt, lastDeliveredAt }: Used): number =>
  Math.max(createdAt.getTime(), lastUsedAt?.getTime() ?? 0, lastDeliveredAt?.getTime() ?? 0);

/** A use after the warning makes it void. */
export const isWarned = (used: Used): boolean =>
  used.warnedAt !== null && used.warnedAt.getTime() >= lastUseMs(used);

/** When its account is to be told. */
export const warnsAtMs = (used: Used, { inactiveAfterMs, inactivityNoticeMs }: Limits): number =>
  lastUseMs(used) + inactiveAfterMs - inactivityNoticeMs;

/** When it ends where nobody uses it before; never sooner after the warning than was promised. */
export function endsAtMs(used: Used, { inactiveAfterMs, inactivityNoticeMs }: Limits): number {
  const unusedMs = lastUseMs(used) + inactiveAfterMs;
  return isWarned(used) ? Math.max(unusedMs, (used.warnedAt?.getTime() ?? 0) + inactivityNoticeMs) : unusedMs;
}

/** Of a token: an account's own alone. An app's end by themselves, the marketplace's own is never taken away. */
export const tokenEndsAt = (row: Row<'tokens'>, settings: Limits): Date | null =>
  row.accountId !== null && 'kfw'.includes(row.kind) && row.revokedAt === null
    ? new Date(endsAtMs(row, settings))
    : null;

/** Of a consent: of apps alone. An account's to itself opens nothing without a token. */
export const grantEndsAt = (row: Row<'grants'>, settings: Limits): Date | null =>
  row.appId !== null && row.endedAt === null ? new Date(endsAtMs(row, settings)) : null;
