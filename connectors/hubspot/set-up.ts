import type { Choice, Connected, ConnectorCtx, Failed, Health } from '#kit';
import { type Answer, apiVersion, call, results, unreadable } from './api.ts';
import { propertyByHand } from './errors.ts';
import { type Data, object, text } from './fields.ts';
import { rfpProperty } from './options.ts';

const required = [
  'oauth',
  'crm.objects.contacts.read',
  'crm.objects.contacts.write',
  'crm.objects.deals.read',
  'crm.objects.deals.write',
];

const propertyPath = `/crm/properties/${apiVersion}/deals/${rfpProperty}`;

/** The token answer carries the account (`hub_id`) since August 2025. */
export function connected(answer: Data): Connected {
  const id = answer['hub_id'] ?? answer['hubId'];
  const portal = typeof id === 'number' || typeof id === 'string' ? String(id) : '';
  return {
    account: { id: portal, label: portal ? `HubSpot account ${portal}` : 'HubSpot' },
    facts: portal ? { portal_id: portal } : {},
  };
}

/** Finds the property that a deal is known by, or makes it; where neither can be, says what the admin does. */
export async function setUp(ctx: ConnectorCtx<unknown>): Promise<{ ok: true; facts: Data } | Failed> {
  const found = await isUnique(await call(ctx, propertyPath), ctx);
  if (found !== 'none') return found === 'unique' ? { ok: true, facts: ctx.facts } : found;
  const made = await call(ctx, `/crm/properties/${apiVersion}/deals`, {
    method: 'POST',
    body: {
      name: rfpProperty,
      label: 'Patchbay RFP ID',
      description: 'Ties the deal to its request for proposals. Set by Patchbay; do not change it.',
      groupName: 'dealinformation',
      type: 'string',
      fieldType: 'text',
      hasUniqueValue: true,
      formField: false,
    },
  });
  if (made.ok) return { ok: true, facts: ctx.facts };
  // Somebody else has made it since we looked, or an earlier try did whose answer was lost.
  if (made.kind === 'transient' && made.code === 'conflict') {
    const again = await isUnique(await call(ctx, propertyPath), ctx);
    return again === 'unique' ? { ok: true, facts: ctx.facts } : again === 'none' ? made : again;
  }
  return made.kind === 'auth' && made.code === 'missing_scopes' ? byHand(ctx, 'missing_property') : made;
}

async function isUnique(answer: Answer, ctx: ConnectorCtx<unknown>): Promise<'unique' | 'none' | Failed> {
  if (!answer.ok)
    return answer.kind === 'permanent' && /not_found$|^http_404$/.test(answer.code) ? 'none' : answer;
  if (!answer.body) return unreadable;
  if (answer.body['archived'] === true) return 'none';
  return answer.body['hasUniqueValue'] === true ? 'unique' : byHand(ctx, 'property_not_unique');
}

const byHand = (
  { facts }: ConnectorCtx<unknown>,
  code: 'missing_property' | 'property_not_unique',
): Failed => ({
  ok: false,
  kind: 'permanent',
  code,
  fix: propertyByHand(facts, code === 'property_not_unique'),
});

/** Reads the pipelines. Whether the property is there is for `setUp`, which is tried until it is. */
export async function health(ctx: ConnectorCtx<unknown>): Promise<Health> {
  const portal = text(ctx.facts['portal_id']);
  const account = portal ? { account: `HubSpot account ${portal}` } : {};
  const missingScopes = required.filter((scope) => !ctx.scopes.has(scope));
  const answer = await call(ctx, `/crm/pipelines/${apiVersion}/deals`);
  const failure = answer.ok && !results(answer.body) ? unreadable : answer;
  return failure.ok
    ? { ok: missingScopes.length === 0, ...account, missingScopes }
    : { ok: false, ...account, missingScopes, failure };
}

/** Pipelines, the stages of the one that was chosen (of all before one is), and the properties that we may fill. */
export async function choices(
  field: string,
  ctx: ConnectorCtx<unknown>,
): Promise<{ ok: true; choices: Choice[] } | Failed> {
  if (field === 'fields') {
    const answer = await call(ctx, `/crm/properties/${apiVersion}/deals`);
    return answer.ok
      ? listed(results(answer.body)?.filter(mayBeFilled), (one) => [choice(one, 'name')])
      : answer;
  }
  const answer = await call(ctx, `/crm/pipelines/${apiVersion}/deals`);
  if (!answer.ok) return answer;
  if (field === 'pipeline') return listed(results(answer.body), (one) => [choice(one, 'id')]);
  const chosen = text(object(ctx.options)['pipeline']);
  return listed(
    results(answer.body)?.filter((pipeline) => !chosen || pipeline['id'] === chosen),
    (pipeline) =>
      (results({ results: pipeline['stages'] }) ?? []).map((stage) => ({
        ...choice(stage, 'id'),
        ...(chosen ? {} : { label: `${labelOf(pipeline)} · ${labelOf(stage)}` }),
      })),
  );
}

function listed(found: Data[] | null | undefined, each: (one: Data) => Choice[]) {
  return found ? { ok: true as const, choices: found.flatMap(each) } : unreadable;
}

/** Text, numbers and moments are what we have; an option of a list would have to be one of HubSpot's own. */
function mayBeFilled(property: Data): boolean {
  return (
    ['string', 'number', 'datetime'].includes(text(property['type']) ?? '') &&
    !['pipeline', 'dealstage', rfpProperty].includes(text(property['name']) ?? '') &&
    property['calculated'] !== true &&
    property['hidden'] !== true &&
    object(property['modificationMetadata'])['readOnlyValue'] !== true
  );
}

const choice = (one: Data, id: 'id' | 'name'): Choice => ({ id: text(one[id]) ?? '', label: labelOf(one) });
const labelOf = (one: Data): string => text(one['label']) ?? text(one['id']) ?? text(one['name']) ?? '';
