/**
 * A connector for a vendor that does not exist, with everything that the kit has: the suite is proved by it, and by what
 * it becomes when one thing is broken (suite.test.ts).
 */
import {
  type Connector,
  type ConnectorCtx,
  defineConnector,
  hmacSha256,
  type HubEvent,
  isSame,
  type Op,
  readObject,
  Resync,
  stableId,
} from '#kit';
import * as z from 'zod';
import { failureOf } from './failure.ts';

const api = 'https://api.pinwall.example/v1';
const options = z.strictObject({ lane: z.string().min(1), notes: z.boolean() });
export type Options = z.infer<typeof options>;
export type Kind = 'card' | 'drop' | 'note';
type Ctx = ConnectorCtx<Options>;

export const connector: Connector<Options, Kind> = defineConnector<Options, Kind>({
  manifest: {
    id: 'pinwall',
    name: 'Pinwall',
    summary: 'A card for each booking, moved and taken down with it.',
    version: '1.0.0',
    vendorApi: { name: 'Pinwall v1' },
    auth: {
      type: 'oauth2',
      authorizeUrl: 'https://pinwall.example/authorize',
      tokenUrl: 'https://pinwall.example/token',
      pkce: true,
      clientAuth: 'basic',
      scopeSeparator: ' ',
      refresh: { rotates: true },
      revoke: { url: 'https://pinwall.example/revoke', credential: 'form' },
    },
    tiers: [
      {
        id: 'wall',
        name: 'A wall',
        summary: 'A wall of its own.',
        scopes: ['me:read', 'walls:write', 'cards:write', 'notes:write'],
      },
    ],
    scopes: {
      'me:read': { why: 'Whether the connection is well.', kinds: ['health', 'inbound'] },
      'walls:write': { why: 'The wall for bookings.', kinds: ['set-up'] },
      'cards:write': { why: 'Cards for bookings.', kinds: ['card', 'drop'] },
      'notes:write': { why: 'A note when a review is published.', kinds: ['note'] },
    },
    hosts: ['api.pinwall.example'],
    consumes: ['booking.*', 'review.published'],
    options,
    form: [
      { name: 'lane', label: 'Lane', type: 'vendor-choice' },
      { name: 'notes', label: 'A note for each review', type: 'switch' },
    ],
    limits: [{ per: 'connection', tokens: 10, windowMs: 1_000 }],
    idempotency: { card: 'client-id', drop: 'client-id', note: 'none' },
    recall: 'Cards are taken down; notes stay.',
    inbound: { of: 'connection', toleranceSeconds: 300, intents: ['booking.respond'] },
  },
  connected: ({ team }) => {
    const { id = '', name = '' } = (team ?? {}) as { id?: string; name?: string };
    return { account: { id, label: name }, facts: {} };
  },
  async setUp(ctx) {
    const listed = await ctx.fetch(`${api}/walls`);
    const walls = (await readObject(listed))?.['walls'] as { id: string; name: string }[] | undefined;
    if (!listed.ok || !walls) return failureOf(listed, null, ctx.now(), 'read');
    const found = walls.find(({ name }) => name === 'Bookings');
    if (found) return { ok: true, facts: { wall: found.id } };
    const made = await ctx.fetch(`${api}/walls`, json('POST', { name: 'Bookings' }));
    const body = await readObject(made);
    return made.ok && typeof body?.['id'] === 'string'
      ? { ok: true, facts: { wall: body['id'] } }
      : failureOf(made, body, ctx.now());
  },
  plan: (event, { lane, notes }) => {
    if (event.type === 'review.published')
      return notes ? [opOf(event, 'note', { text: `${String(event.data['rating'])} of 5` })] : [];
    if (!event.type.startsWith('booking.')) return [];
    const { title, status, starts_at: startsAt } = event.data as Record<string, string>;
    if (event.type === 'booking.cancelled') return [opOf(event, 'drop', null)];
    return [opOf(event, 'card', { title, text: `${status}, ${startsAt}`, lane })];
  },
  async deliver(op, ctx) {
    if (op.kind === 'note') return postNote(op, ctx);
    const id = await stableId(ctx.connectionId, op.key, 32);
    const isDrop = op.kind === 'drop';
    const answer = await ctx.fetch(
      `${api}/walls/${wallOf(ctx)}/cards/${id}`,
      isDrop ? { method: 'DELETE' } : json('PUT', op.body),
    );
    if (isDrop && answer.status === 204) return { ok: true, applied: 'deleted' };
    const body = await readObject(answer);
    if (isDrop && body?.['error'] === 'no_card') return { ok: true, applied: 'unchanged' };
    if (!answer.ok || body?.['id'] !== id) return failureOf(answer, body, ctx.now());
    const applied = body['version'] === 1 ? 'created' : 'updated';
    return { ok: true, applied, ref: { id, version: String(body['version']) } };
  },
  async reconcile(op, ctx) {
    if (op.kind !== 'note') return 'absent';
    const found = await ctx.fetch(`${api}/walls/${wallOf(ctx)}/notes?ref=${encodeURIComponent(op.key)}`);
    const body = await readObject(found);
    const notes = body?.['notes'] as { id: string }[] | undefined;
    if (!found.ok || !notes) return failureOf(found, body, ctx.now(), 'read');
    const [note] = notes;
    return note ? { ok: true, applied: 'created', ref: { id: note.id } } : 'absent';
  },
  undo: ({ key, seq }) =>
    key.startsWith('booking:')
      ? { key, seq: seq + 1, kind: 'drop', body: null }
      : { manual: 'Take the note down on the wall.' },
  async health(ctx) {
    const answer = await ctx.fetch(`${api}/me`);
    const body = await readObject(answer);
    return answer.ok && typeof body?.['account'] === 'string'
      ? { ok: true, account: body['account'] }
      : { ok: false, failure: failureOf(answer, body, ctx.now(), 'read') };
  },
  async tearDown(ctx) {
    await ctx.fetch(`${api}/hook`, { method: 'DELETE' });
  },
  async choices(_, ctx) {
    const answer = await ctx.fetch(`${api}/lanes`);
    const body = await readObject(answer);
    const lanes = body?.['lanes'] as { id: string; label: string }[] | undefined;
    return answer.ok && lanes ? { ok: true, choices: lanes } : failureOf(answer, body, ctx.now(), 'read');
  },
  async verify({ headers, raw }, secret, now) {
    const [, stamp = '', signature = ''] =
      /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(headers.get('pinwall-signature') ?? '') ?? [];
    if (Math.abs(now.getTime() / 1_000 - Number(stamp)) > 300)
      return { ok: false, why: 'outside its window of time' };
    return isSame(signature, await sign(stamp, raw, secret)) ? { ok: true } : { ok: false, why: 'signature' };
  },
  async receive({ raw }, hub) {
    const message = JSON.parse(new TextDecoder().decode(raw)) as Record<string, string>;
    const { id = '', type, challenge, card = '' } = message;
    if (type === 'challenge') return new Response(challenge);
    if (type === 'card.poked' && (await hub.once(id))) await hub.own?.test();
    const key = type === 'card.declined' ? await hub.own?.keyOf(card, 'booking:') : null;
    if (key)
      await hub.own?.ask({
        kind: 'booking.respond',
        key: id,
        subject: key.replace('booking:', 'bookings/'),
        response: 'decline',
      });
    return new Response(null, { status: 204 });
  },
  async sync(cursor, ctx) {
    const answer = await ctx.fetch(`${api}/changes${cursor === undefined ? '' : `?since=${cursor}`}`);
    if (answer.status === 410) throw new Resync();
    const body = await readObject(answer);
    return { intents: [], cursor: String(body?.['cursor']), hasMore: false };
  },
});

async function postNote(op: Op<Kind>, ctx: Ctx) {
  const { text } = op.body as { text: string };
  const answer = await ctx.fetch(`${api}/walls/${wallOf(ctx)}/notes`, json('POST', { text, ref: op.key }));
  const body = await readObject(answer);
  if (!answer.ok || typeof body?.['id'] !== 'string') return failureOf(answer, body, ctx.now());
  return { ok: true, applied: 'created', ref: { id: body['id'] } } as const;
}

/** As Pinwall signs: hex of HMAC-SHA-256 over `<stamp>.<body>`. */
export async function sign(stamp: string, raw: Uint8Array, secret: string): Promise<string> {
  const head = new TextEncoder().encode(`${stamp}.`);
  const bytes = await hmacSha256(secret, new Uint8Array([...head, ...raw]));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function opOf({ subject, sequence, id }: HubEvent, kind: Kind, body: unknown): Op<Kind> {
  const key = kind === 'note' ? `note:${id}` : subject.replace('bookings/', 'booking:');
  return { key, seq: sequence, kind, body };
}

const wallOf = ({ facts }: Ctx): string => String(facts['wall']);

const json = (method: 'POST' | 'PUT', body: unknown) => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
