import { idPattern } from '#src/columns';
import { PatchbayError } from '#src/errors';
import type { Permission } from '#src/staff';

/** What access hangs on, as staff look at it. */
export const levels = ['token', 'grant', 'user', 'app', 'partner', 'account'] as const;
export type Level = (typeof levels)[number];
export type Subject = { level: Level; id: string };

/** As it stands in an address. */
export const levelPaths: Record<Level, string> = {
  token: 'tokens',
  grant: 'grants',
  user: 'users',
  app: 'apps',
  partner: 'partners',
  account: 'accounts',
};

export const levelPermissions: Record<Level, Permission> = {
  token: 'access:read',
  grant: 'access:read',
  user: 'people:read',
  app: 'access:read',
  partner: 'access:read',
  account: 'people:read',
};

/** Accounts have the marketplace's own ids. */
export const subjectPatterns: Record<Level, RegExp> = {
  token: idPattern('tok'),
  grant: idPattern('grt'),
  user: idPattern('usr'),
  app: idPattern('app'),
  partner: idPattern('ptr'),
  account: /^acc_[a-z0-9_-]{1,100}$/,
};

/** 404: an id of the wrong form names nothing, and must not reach the database. */
export function requireForm({ level, id }: Subject): void {
  if (!subjectPatterns[level].test(id))
    throw new PatchbayError('not_found', { public: `There is no such ${level}.` });
}
