import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import * as z from 'zod';
import { recordAuditIf } from '#src/audit';
import { expandTypes, isScope, readScopes } from '#src/catalog';
import type { Ports } from '#src/context';
import { type FieldError, PatchbayError } from '#src/errors';
import { insertIf, type Schema } from '#src/store';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids'>;
export type Rule = Schema['approvalRules']['$inferSelect'];
export type By = { actor: string; requestId?: string };

/** Each new subscription is held against all of them. */
const maxRules = 200;

const words = z.string().trim().min(1).max(500);
/** What needs approval: at least one of the three is named, and what is named must all fit. */
export const newRule = z.strictObject({
  app: z
    .string()
    .max(100)
    .nullable()
    .default(null)
    .describe('An app; null: whatever app, and accounts’ own automation.'),
  scopes: z
    .array(z.string().max(100))
    .max(20)
    .default([])
    .describe('It would reveal something by one of these. Empty: whatever it reveals.'),
  event_types: z
    .array(z.string().min(1).max(100))
    .max(100)
    .default([])
    .describe('It wants one of these; `booking.*` and `*` as in a subscription. Empty: whatever it wants.'),
  note: words.describe('Why; shown to who decides.'),
});
export type NewRule = z.output<typeof newRule>;

/** Living ones, oldest first: all that there are. */
export function livingRules({ store }: Pick<Ports, 'store'>): Promise<Rule[]> {
  const { approvalRules } = store.tables;
  return store.db
    .select()
    .from(approvalRules)
    .where(isNull(approvalRules.endedAt))
    .orderBy(asc(approvalRules.id))
    .limit(maxRules);
}

/** Holds for what is made or changed from now on; what sends already goes on. Throws 422 and, past 200 rules, 429. */
export async function addRule(ports: Needs, by: By, wish: NewRule): Promise<Rule> {
  const { store, clock, ids } = ports;
  await check(ports, wish);
  const rule: Rule = {
    id: ids.newId('apr'),
    appId: wish.app,
    scopes: wish.scopes,
    eventTypes: wish.event_types,
    note: wish.note,
    createdBy: by.actor,
    createdAt: clock.now(),
    endedAt: null,
    endedBy: null,
  };
  const { approvalRules } = store.tables;
  const isLiving = isNull(approvalRules.endedAt);
  const [, made] = await store.write((db) => [
    // Changes nothing, and holds them all: on Postgres two that add at once would each count without the other.
    db
      .update(approvalRules)
      .set({ id: sql`${approvalRules.id}` })
      .where(isLiving),
    insertIf(
      db,
      approvalRules,
      rule,
      sql`(select count(*) from ${approvalRules} where ${isLiving}) < ${maxRules}`,
    ).returning({ id: approvalRules.id }),
    recordAuditIf(
      db,
      ports,
      {
        ...by,
        action: 'approval_rule.create',
        subject: rule.id,
        detail: { app: wish.app, scopes: wish.scopes, types: wish.event_types, note: wish.note },
      },
      sql`exists (select 1 from ${approvalRules} where ${eq(approvalRules.id, rule.id)})`,
    ),
  ]);
  if (made.length > 0) return rule;
  throw new PatchbayError('limit_reached', {
    public: `There may be ${maxRules} rules. End one first.`,
    retryAfterSeconds: 3_600,
  });
}

/** What waits because of it goes on waiting: staff decide about each. 404 for one that has ended. */
export async function endRule(ports: Needs, by: By, id: string): Promise<void> {
  const { store, clock } = ports;
  const { approvalRules } = store.tables;
  const isLiving = and(eq(approvalRules.id, id), isNull(approvalRules.endedAt));
  const [, ended] = await store.write((db) => [
    recordAuditIf(
      db,
      ports,
      { ...by, action: 'approval_rule.end', subject: id },
      sql`exists (select 1 from ${approvalRules} where ${isLiving})`,
    ),
    db
      .update(approvalRules)
      .set({ endedAt: clock.now(), endedBy: by.actor })
      .where(isLiving)
      .returning({ id: approvalRules.id }),
  ]);
  if (ended.length === 0) throw new PatchbayError('not_found', { public: `There is no rule ${id}.` });
}

async function check({ store }: Needs, wish: NewRule): Promise<void> {
  if (wish.app === null && wish.scopes.length + wish.event_types.length === 0)
    refuse([{ pointer: '', detail: 'Name an app, scopes or event types: else everything would wait.' }]);
  refuse(
    wish.scopes.flatMap((scope, i) => {
      if (isScope(scope) && readScopes.includes(scope)) return [];
      const detail = `${scope} reveals nothing; a rule names scopes that do: ${readScopes.join(', ')}.`;
      return [{ pointer: `/scopes/${i}`, detail }];
    }),
  );
  expandTypes(wish.event_types);
  if (wish.app === null) return;
  const { apps } = store.tables;
  const [app] = await store.db.select({ id: apps.id }).from(apps).where(eq(apps.id, wish.app)).limit(1);
  if (!app) refuse([{ pointer: '/app', detail: 'There is no such app.' }]);
}

function refuse(errors: FieldError[]): void {
  if (errors.length === 0) return;
  throw new PatchbayError('validation_failed', { public: errors.map((e) => e.detail).join(' '), errors });
}
