import { eventTypes, expandTypes, visibleFields } from '#src/catalog';
import type { Ports } from '#src/context';
import type { Schema } from '#src/store';
import { livingRules, type Rule } from './rules.ts';

type Subscription = Schema['subscriptions']['$inferSelect'];
export type Wish = Pick<Subscription, 'appId' | 'scopes' | 'eventTypes' | 'schemaVersion'>;
/** What is set of a subscription that is made or changed; nothing where no rule asks. */
export type Standing = Partial<Pick<Subscription, 'approval' | 'approvalRule' | 'state' | 'stateReason'>>;

/**
 * Held against the rules of this moment: one that is made at the same time may come too late for it. The state is one
 * that a process of an older version holds everything for, since it knows nothing of approvals.
 */
export async function approvalFor(
  ports: Pick<Ports, 'store'>,
  wish: Wish,
  now: Pick<Subscription, 'state' | 'stateReason'> = { state: 'active', stateReason: null },
  /** A connector says that what was chosen is for staff to allow, whatever the rules say. */
  isForStaff = false,
): Promise<Standing> {
  const rule = (await livingRules(ports)).find((one) => fits(one, wish));
  if (!rule && !isForStaff) return {};
  const asked = { approval: 'pending' as const, approvalRule: rule?.id ?? null };
  // What is disabled for another reason stays so, and waits besides.
  if (now.state === 'disabled' && !reasons.includes(now.stateReason)) return asked;
  return { ...asked, state: 'disabled', stateReason: 'pending_approval' };
}

const reasons: readonly (string | null)[] = ['pending_approval', 'approval_refused'];

/** Pure: every part that the rule names must fit. */
export function fits(rule: Pick<Rule, 'appId' | 'scopes' | 'eventTypes'>, wish: Wish): boolean {
  if (rule.appId !== null && rule.appId !== wish.appId) return false;
  const types = expandTypes(wish.eventTypes);
  const listed = rule.eventTypes.length === 0 ? null : new Set(expandTypes(rule.eventTypes));
  if (rule.scopes.length === 0) return listed === null || types.some((type) => listed.has(type));
  return types.some((type) => (listed === null || listed.has(type)) && reveals(type, rule.scopes, wish));
}

/** Whether a payload of this type would show this subscription something by one of these scopes. */
function reveals(type: string, scopes: readonly string[], { scopes: held, schemaVersion }: Wish): boolean {
  const known = eventTypes.get(type);
  if (!known || !held.includes(known.scope)) return false;
  if (scopes.includes(known.scope)) return true;
  const version = Math.min(schemaVersion ?? known.latest, known.latest);
  const fields = visibleFields(type, version, new Set(held));
  return [...fields.values()].some(({ scope }) => scopes.includes(scope));
}

/** Nothing is matched, queued or sent for it. */
export const isInert = ({ approval }: Pick<Subscription, 'approval'>): boolean =>
  approval === 'pending' || approval === 'refused';
