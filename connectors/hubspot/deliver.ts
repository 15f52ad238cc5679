import type { ConnectorCtx, Failed, Op, Outcome, Ref } from '#kit';
import { type Answer, apiVersion, call, contacts, deals, errorsOf, results, unreadable } from './api.ts';
import { failedItem } from './errors.ts';
import { type Data, object, text } from './fields.ts';
import type { Options } from './options.ts';
import type { Archive, Association, Kind, Upsert } from './plan.ts';

type Ctx = ConnectorCtx<Options>;

/** All of it may be sent twice: an upsert finds what the first made, a tie is made once, what is gone is gone. */
export async function deliver(op: Op<Kind>, ctx: Ctx): Promise<Outcome> {
  switch (op.kind) {
    // What a body holds was written by `plan` or `undo`.
    case 'deal': {
      const body = op.body as Upsert | Archive;
      return 'archive' in body ? archive(ctx, body.archive) : upsert(ctx, op, deals, body);
    }
    case 'contact':
      return upsert(ctx, op, contacts, op.body as Upsert);
    case 'association':
      return associate(ctx, op.body as Association);
  }
}

async function upsert(ctx: Ctx, op: Op, type: string, input: Upsert): Promise<Outcome> {
  // It comes back beside the result or the error: in a 207, which of the inputs it is about.
  const objectWriteTraceId = `${op.key}#${op.seq}`;
  const hide = type === contacts ? [input.id, ...Object.values(input.properties)] : [];
  const answer = await call(ctx, `/crm/objects/${apiVersion}/${type}/batch/upsert`, {
    method: 'POST',
    body: { inputs: [{ ...input, objectWriteTraceId }] },
    hide,
  });
  if (!answer.ok) return answer;
  const made = results(answer.body)?.find((result) => isOf(result, objectWriteTraceId));
  const id = text(made?.['id']);
  if (id)
    return { ok: true, applied: made?.['new'] === true ? 'created' : 'updated', ref: refOf(ctx, type, id) };
  const [error] = errorsOf(answer.body);
  if (error) return failedItem(error, ctx.facts, hide);
  // HubSpot took it, and what it did is not to be read.
  return { ok: false, kind: 'unknown', code: 'unreadable_answer' };
}

/** One input, one result: an answer without the trace is about it, too. */
const isOf = (result: Data, trace: string): boolean => (result['objectWriteTraceId'] ?? trace) === trace;

async function associate(ctx: Ctx, keys: Association): Promise<Outcome> {
  const pair = await pairOf(ctx, keys);
  if (!pair.ok) return pair;
  const answer = await call(
    ctx,
    `/crm/objects/${apiVersion}/${deals}/${pair.deal}/associations/default/${contacts}/${pair.contact}`,
    { method: 'PUT' },
  );
  if (!answer.ok) return answer;
  return results(answer.body)
    ? { ok: true, applied: 'updated', ref: { id: pair.deal } }
    : { ok: false, kind: 'unknown', code: 'unreadable_answer' };
}

/** The ids that the deal and the contact got. They are planned before it, so they are there, or on their way. */
async function pairOf(
  ctx: Ctx,
  keys: Association,
): Promise<{ ok: true; deal: string; contact: string } | Failed> {
  const [deal, contact] = [await ctx.ref(keys.deal), await ctx.ref(keys.contact)];
  return deal && contact
    ? { ok: true, deal: deal.id, contact: contact.id }
    : { ok: false, kind: 'transient', code: deal ? 'no_contact_yet' : 'no_deal_yet', slow: 'call' };
}

async function archive(ctx: Ctx, deal: string): Promise<Outcome> {
  const answer = await call(ctx, `/crm/objects/${apiVersion}/${deals}/${deal}`, { method: 'DELETE' });
  if (answer.ok) return { ok: true, applied: 'deleted' };
  // The hub keeps no record of what is gone, whoever took it away.
  return isGone(answer) ? { ok: true, applied: 'deleted' } : answer;
}

/** What stands there now is what the op wants, or it is sent again: nothing of it does harm twice. */
export async function reconcile(op: Op<Kind>, ctx: Ctx): Promise<Outcome | 'absent'> {
  switch (op.kind) {
    case 'deal': {
      const body = op.body as Upsert | Archive;
      if (!('archive' in body)) return find(ctx, deals, body);
      const stands = await isThere(ctx, body.archive);
      if (typeof stands !== 'boolean') return stands;
      return stands ? 'absent' : { ok: true, applied: 'deleted' };
    }
    case 'contact':
      return find(ctx, contacts, op.body as Upsert);
    case 'association': {
      const pair = await pairOf(ctx, op.body as Association);
      if (!pair.ok) return pair;
      const tied = await isTied(ctx, pair.deal, pair.contact);
      if (typeof tied !== 'boolean') return tied;
      return tied ? { ok: true, applied: 'updated', ref: { id: pair.deal } } : 'absent';
    }
  }
}

async function find(
  ctx: Ctx,
  type: string,
  { idProperty, id, properties }: Upsert,
): Promise<Outcome | 'absent'> {
  const answer = await call(ctx, `/crm/objects/${apiVersion}/${type}/batch/read`, {
    method: 'POST',
    body: { inputs: [{ id }], idProperty, properties: Object.keys(properties), propertiesWithHistory: [] },
  });
  if (!answer.ok) return isGone(answer) ? 'absent' : answer;
  const found = results(answer.body);
  if (!found) return unreadable;
  const [stands] = found;
  const [error] = errorsOf(answer.body);
  // A 207 without a result: it is not there, or we may not know.
  if (!stands && error && error['category'] !== 'OBJECT_NOT_FOUND') return failedItem(error, ctx.facts);
  const vendorId = text(stands?.['id']);
  const has = object(stands?.['properties']);
  // HubSpot may write a value in its own way; then it is sent once more, and nothing changes.
  return vendorId && Object.entries(properties).every(([name, value]) => has[name] === value)
    ? { ok: true, applied: 'updated', ref: refOf(ctx, type, vendorId) }
    : 'absent';
}

async function isTied(ctx: Ctx, deal: string, contact: string): Promise<boolean | Failed> {
  const answer = await call(ctx, `/crm/objects/${apiVersion}/${deals}/${deal}/associations/${contacts}`);
  if (!answer.ok) return isGone(answer) ? false : answer;
  const tied = results(answer.body);
  // An id in a path is text, the same in an answer a number.
  return tied ? tied.some((one) => String(one['toObjectId']) === contact) : unreadable;
}

async function isThere(ctx: Ctx, deal: string): Promise<boolean | Failed> {
  const answer = await call(ctx, `/crm/objects/${apiVersion}/${deals}/${deal}`);
  if (!answer.ok) return isGone(answer) ? false : answer;
  return answer.body ? answer.body['archived'] !== true : unreadable;
}

const isGone = (answer: Answer): boolean =>
  !answer.ok &&
  answer.kind === 'permanent' &&
  (answer.code === 'object_not_found' || answer.code === 'http_404');

function refOf(ctx: Ctx, type: string, id: string): Ref {
  const portal = text(ctx.facts['portal_id']);
  return portal ? { id, url: `https://app.hubspot.com/contacts/${portal}/record/${type}/${id}` } : { id };
}

/**
 * Takes back what was made. A withdrawn RFP moves its deal to a stage, by `plan`: what people wrote there stays in their
 * reports. This is for the rest, when no copy is to stay: the deal goes to HubSpot's recycle bin (90 days).
 */
export function undo(made: { key: string; seq: number; ref: Ref }): Op<Kind> | { manual: string } {
  const { key, seq, ref } = made;
  if (key.startsWith('contact:'))
    return {
      manual: `The contact may have been in your HubSpot before, so it stays. Delete it there if you want: ${ref.url ?? 'Contacts'}`,
    };
  // The price and the tie to the contact go with the deal that they are of.
  const body: Archive = { archive: ref.id };
  return { key, seq, kind: 'deal', body };
}
