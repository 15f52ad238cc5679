import { type HubEvent, type Op, testKey, testTitle } from '#kit';
import { type Data, dollars, object, readField, text } from './fields.ts';
import { dealStages, type Options, rfpProperty, type Stage } from './options.ts';

export type Kind = 'deal' | 'contact' | 'association';

/** One input of a batch upsert, as it goes over the wire. */
export type Upsert = { idProperty: string; id: string; properties: Record<string, string> };
/** The keys under which the two vendor ids are kept. */
export type Association = { deal: string; contact: string };
/** The vendor id of a deal that goes. */
export type Archive = { archive: string };

/**
 * A deal, then its contact, then what ties them: each needs the one before it. What a deal says is of this event alone,
 * so that events in any order end the same; only the agreed price, which later events do not carry, has a key of its own.
 */
export function plan(event: HubEvent, chosen: Options): Op<Kind>[] {
  const test = testKey(event);
  if (test !== null) return [{ key: test, seq: event.sequence, kind: 'deal', body: testDeal(test, chosen) }];
  const stage = stageAfter(event);
  const rfpId = text(event.data['rfp_id']);
  if (!stage || !rfpId) return [];
  const at = { seq: event.sequence };
  const ops: Op<Kind>[] = [
    { ...at, key: `deal:${rfpId}`, kind: 'deal', body: dealOf(event.data, rfpId, stage, chosen) },
  ];
  const price = dollars(object(event.data['awarded_to'])['price']);
  const priced = Object.keys(chosen.fields).filter((name) => chosen.fields[name] === 'amount');
  if (price && priced.length > 0) {
    const properties = Object.fromEntries(priced.map((name) => [name, price]));
    ops.push({ ...at, key: `award:${rfpId}`, kind: 'deal', body: input(rfpProperty, rfpId, properties) });
  }
  const contact = contactOf(event.data);
  if (contact) {
    const keys: Association = { deal: `deal:${rfpId}`, contact: `contact:${rfpId}` };
    ops.push(
      { ...at, key: keys.contact, kind: 'contact', body: contact },
      { ...at, key: `association:${rfpId}`, kind: 'association', body: keys },
    );
  }
  return ops;
}

function stageAfter({ type, data }: HubEvent): Stage | undefined {
  switch (type) {
    case 'rfp.created':
    case 'rfp.broadcast':
      return 'open';
    case 'rfp.quoted':
      return 'quoted';
    case 'rfp.awarded':
      return 'awarded';
    case 'rfp.withdrawn':
      return 'withdrawn';
    case 'rfp.closed':
      // Closing is what follows an award, too: a deal that was won stays won.
      return data['outcome'] === 'awarded' ? 'awarded' : 'closed';
    default:
      return undefined;
  }
}

function dealOf(rfp: Data, rfpId: string, stage: Stage, chosen: Options): Upsert {
  const properties: Record<string, string> = { dealname: text(rfp['title']) ?? rfpId };
  for (const [name, field] of Object.entries(chosen.fields)) {
    // Once there is an agreed price, the budget may not come over it.
    const value = field === 'amount' && stage === 'awarded' ? undefined : readField(field, rfp);
    if (value) properties[name] = value;
  }
  return input(rfpProperty, rfpId, {
    ...properties,
    pipeline: chosen.pipeline,
    dealstage: dealStages(chosen)[stage],
  });
}

/** Nobody's name is in it, and no contact is tied to it: nobody agreed to a test. */
const testDeal = (id: string, chosen: Options): Upsert =>
  input(rfpProperty, id, {
    dealname: `${testTitle} (may be deleted)`,
    pipeline: chosen.pipeline,
    dealstage: dealStages(chosen).open,
  });

/** S2-23: only who agreed to be written to. Without the scope for contacts none of this is in the event at all. */
function contactOf(rfp: Data): Upsert | undefined {
  const buyer = object(rfp['buyer']);
  const email = text(buyer['email']);
  if (!email || buyer['marketing_consent'] !== true) return undefined;
  const [first, ...rest] = (text(buyer['name']) ?? '').trim().split(/\s+/);
  const phone = text(buyer['phone']);
  return input('email', email.toLowerCase(), {
    ...(first ? { firstname: first } : {}),
    ...(rest.length > 0 ? { lastname: rest.join(' ') } : {}),
    ...(phone ? { phone } : {}),
  });
}

const input = (idProperty: string, id: string, properties: Record<string, string>): Upsert => ({
  idProperty,
  id,
  properties,
});
