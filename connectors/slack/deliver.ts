import type { ConnectorCtx, Failed, Op, Outcome } from '#kit';
import { callApi, callWebhook } from './api.ts';
import { buttonRow } from './buttons.ts';
import { lostMessage } from './errors.ts';
import { isChannel, type Kind, type Options } from './manifest.ts';
import { keepNote, markOf, noteOf } from './note.ts';
import type { Body, Retraction } from './plan.ts';
import { text } from './read.ts';
import { addressOf, type Place, placeOf, refOf } from './ref.ts';

type Ctx = ConnectorCtx<Options>;

/** Slack has no key that would tell a second post from the first: what makes a message is sent once, and `reconcile` asked. */
export async function deliver(op: Op<Kind>, ctx: Ctx): Promise<Outcome> {
  switch (op.kind) {
    // The bodies are those that `plan` and `undo` have made.
    case 'post':
      return refusalOf(op.body as Body, ctx) ?? post(op, op.body as Body, ctx);
    case 'message':
      return refusalOf(op.body as Body, ctx) ?? message(op, op.body as Body, ctx);
    case 'retract':
      return retract(op.body as Retraction, ctx);
    default:
      return op.kind satisfies never;
  }
}

/** [S2-34] A channel, or nothing: a person only where the account has switched it on and staff have agreed. */
function refusalOf({ channel, isDirect }: Body, { options, approved }: Ctx): Failed | null {
  if (channel === '')
    return {
      ok: false,
      kind: 'permanent',
      code: 'no_channel',
      fix: 'Choose a channel for this subscription.',
    };
  if (!isDirect && isChannel(channel)) return null;
  if (!options.direct_messages)
    return {
      ok: false,
      kind: 'permanent',
      code: 'direct_messages_off',
      fix: 'Direct messages are off. Choose a channel, or switch them on for this subscription.',
    };
  if (!approved?.has('direct_messages'))
    return {
      ok: false,
      kind: 'permanent',
      code: 'direct_messages_not_approved',
      fix: 'Direct messages wait for the approval of the marketplace’s staff.',
    };
  return null;
}

async function post(op: Op<Kind>, body: Body, ctx: Ctx): Promise<Outcome> {
  const laid = { text: body.text, blocks: blocksOf(op, body, ctx) };
  const answer = await callWebhook(ctx, { ...laid, unfurl_links: false, unfurl_media: false }, body.channel);
  // The webhook tells no id: what stands there is kept by its channel, for the report of a recall.
  return answer.ok
    ? { ok: true, applied: 'created', ref: refOf({ channel: body.channel, ts: null }, ctx.facts) }
    : answer;
}

async function message(op: Op<Kind>, body: Body, ctx: Ctx): Promise<Outcome> {
  const ref = await ctx.ref(op.key);
  const place = ref ? placeOf(ref) : (await noteOf(ctx)).found;
  const params = paramsOf(op, body, ctx);
  if (place?.ts) {
    const edited = await edit(ctx, { channel: place.channel, ts: place.ts }, params);
    if (edited.ok || !lostMessage.has(edited.code)) return edited;
  }
  // Where it may be looked for after silence; or where a ref of before would let silence pass for that of an edit.
  if (place || ctx.scopes.has('channels:history')) await keepNote(ctx, { askedAt: ctx.now(), found: null });
  return create(body.channel, params, ctx);
}

async function create(channel: string, params: Readonly<Record<string, string>>, ctx: Ctx): Promise<Outcome> {
  const answer = await callApi(ctx, {
    method: 'chat.postMessage',
    params: { channel, ...params, unfurl_links: 'false', unfurl_media: 'false' },
    makes: true,
    resource: channel,
  });
  if (!answer.ok) return answer;
  const ts = text(answer.body, 'ts');
  if (ts === undefined) return { ok: false, kind: 'unknown', code: 'unreadable_answer' };
  // A person's id comes back as the conversation with them, and edits want that.
  const place = { channel: text(answer.body, 'channel') ?? channel, ts };
  return { ok: true, applied: 'created', ref: refOf(place, ctx.facts) };
}

async function edit(
  ctx: Ctx,
  place: { channel: string; ts: string },
  params: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const answer = await callApi(ctx, {
    method: 'chat.update',
    params: { channel: place.channel, ts: place.ts, ...params },
    resource: place.channel,
  });
  return answer.ok ? { ok: true, applied: 'updated', ref: refOf(place, ctx.facts) } : answer;
}

async function retract({ ref }: Retraction, ctx: Ctx): Promise<Outcome> {
  const place: Place = addressOf(ref);
  if (place.ts === null) return { ok: false, kind: 'permanent', code: 'not_editable', fix: byHand };
  const said = 'This message was taken back.';
  const edited = await edit(
    ctx,
    { channel: place.channel, ts: place.ts },
    {
      text: said,
      blocks: JSON.stringify([
        { type: 'context', elements: [{ type: 'mrkdwn', text: `:leftwards_arrow_with_hook: ${said}` }] },
      ]),
    },
  );
  if (edited.ok) return { ...edited, applied: 'deleted' };
  // Whoever deleted it has done what was asked for.
  return edited.code === 'message_not_found' ? { ok: true, applied: 'unchanged' } : edited;
}

const byHand = 'Slack lets no app change what came through a webhook. Delete it in Slack.';

function paramsOf(op: Op<Kind>, body: Body, ctx: Ctx): Record<string, string> {
  return {
    text: body.text,
    blocks: JSON.stringify(blocksOf(op, body, ctx)),
    // Only where we may read it back: other apps in the workspace could read it too.
    ...(ctx.scopes.has('channels:history') ? { metadata: JSON.stringify(markOf(op)) } : {}),
  };
}

const blocksOf = (op: Op<Kind>, body: Body, ctx: Ctx) => [
  ...body.blocks,
  buttonRow(body, { connectionId: ctx.connectionId, seq: op.seq, link: (path) => ctx.link(path) }),
];
