import { and, asc, desc, eq, gt, inArray, lt } from 'drizzle-orm';
import { type IntentRow, showIntent } from '#src/intents';
import { decodeCursor, encodeCursor } from '#src/columns';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { mayNow, type StaffCtx } from '#src/staff';
import type { IntentKind, IntentState } from '#src/store';
import { maskIntent, type StaffIntent } from './intent-mask.ts';
import { recordLook } from './look.ts';
import { maskFor } from './mask.ts';
import { textAt } from './places.ts';

export type IntentQuery = {
  state: IntentState | 'all';
  kind?: IntentKind | undefined;
  /** `app:app_…`, `account:acc_…`, `connector:slack`. */
  source?: string | undefined;
  account?: string | undefined;
  after?: string | undefined;
  limit: number;
};

/** What waits oldest first, everything else newest first. Words of people are masked where that is not elevated. */
export async function intentList(
  ctx: StaffCtx,
  asked: IntentQuery,
): Promise<{ data: StaffIntent[]; next_cursor: string | null }> {
  const { intents } = ctx.store.tables;
  const { state, kind, source, account, after, limit } = asked;
  const isWaiting = state === 'pending_review';
  // A place in one direction is none in the other.
  const cursor = isWaiting ? 'waiting_intents' : 'intents_of_staff';
  const place = after ? textAt(decodeCursor(cursor, after, ['string'])[0]) : null;
  const rows = await intentRows(ctx)
    .where(
      and(
        state === 'all' ? undefined : eq(intents.state, state),
        kind ? eq(intents.kind, kind) : undefined,
        source ? eq(intents.source, source) : undefined,
        account ? eq(intents.accountId, account) : undefined,
        place === null ? undefined : isWaiting ? gt(intents.id, place) : lt(intents.id, place),
      ),
    )
    .orderBy(isWaiting ? asc(intents.id) : desc(intents.id))
    .limit(limit + 1);
  await recordLook(ctx, {
    action: 'look.intents',
    subject: 'intents',
    accountId: account ?? null,
    detail: { state, kind, source },
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map((row) => show(ctx, row)),
    next_cursor: rows.length > limit && last ? encodeCursor(cursor, [last.row.id]) : null,
  };
}

export type IntentStep = { at: string; what: string; by: string };
export type IntentRecord = StaffIntent & {
  /** From the trail, oldest first. */
  steps: IntentStep[];
};

/** 404 where there is none. */
export async function oneIntent(ctx: StaffCtx, id: string): Promise<IntentRecord> {
  const { intents } = ctx.store.tables;
  const [found] = await intentRows(ctx).where(eq(intents.id, id)).limit(1);
  if (!found) throw new PatchbayError('not_found', { public: `There is no intent ${id}.` });
  await recordLook(ctx, { action: 'look.intent', subject: id, accountId: found.row.accountId });
  return { ...show(ctx, found), steps: await stepsOf(ctx, id) };
}

function intentRows({ store }: Pick<Ports, 'store'>) {
  const { intents, apps, accounts } = store.tables;
  return store.db
    .select({
      row: intents,
      app: apps.name,
      account: { name: accounts.name, kind: accounts.kind },
    })
    .from(intents)
    .leftJoin(apps, eq(apps.id, intents.appId))
    .leftJoin(accounts, eq(accounts.id, intents.accountId));
}

type Joined = {
  row: IntentRow;
  app: string | null;
  account: { name: string; kind: 'person' | 'organisation' } | null;
};

function show({ staff }: StaffCtx, { row, app, account }: Joined): StaffIntent {
  const shown = {
    ...showIntent(row),
    env: row.env,
    app_name: app,
    account_name: account ? maskFor(staff).account(account) : null,
    masked: false,
  };
  return mayNow(staff, 'people:unmask') ? shown : maskIntent(shown);
}

/** Looks at it are no steps of it. */
async function stepsOf({ store }: Pick<Ports, 'store'>, id: string): Promise<IntentStep[]> {
  const { audit } = store.tables;
  const rows = await store.db
    .select({ at: audit.at, what: audit.action, by: audit.actor })
    .from(audit)
    .where(and(eq(audit.subject, id), inArray(audit.action, steps)))
    .orderBy(asc(audit.position))
    .limit(20);
  return rows.map(({ at, what, by }) => ({ at: at.toISOString(), what, by }));
}

const steps = ['intent.record', 'intent.approve', 'intent.refuse', 'intent.answer', 'intent.expire'];
