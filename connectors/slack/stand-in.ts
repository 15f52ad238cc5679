/** Slack as far as the connector uses it: one workspace, three channels, one person, one webhook. It has no clock: `ts` counts. */
import type { StandIn } from '#kit/conformance';

type Message = { ts: string; text: string; blocks: unknown; metadata?: unknown };
type Form = URLSearchParams;

// 2026-11-22T12:00:00Z, in the seconds that Slack counts in.
const firstSecond = 1_795_348_800;

export const workspace = { id: 'T0PATCHBAY', name: 'Bayou City Denim', url: 'https://bayou-city.slack.com/' };
export const webhook = {
  url: 'https://hooks.slack.com/services/T0PATCHBAY/B0FAKE/not-a-real-webhook',
  channel: 'C0BOOKINGS',
};

export type SlackStandIn = StandIn & {
  /** Somebody deletes what we wrote. */
  deleteAll(): void;
  /** Others write, too. */
  chat(channel: string, count: number): void;
};

export function createSlack(scopes: ReadonlySet<string>): SlackStandIn {
  const channels = new Map<string, Message[]>([
    [webhook.channel, []],
    ['C0RFPS', []],
    ['C0STRANGERS', []],
    ['D0LINH', []],
  ]);
  const state = { count: 0 };

  const methods: Readonly<Record<string, { scope?: string; run: (form: Form) => unknown }>> = {
    'auth.test': {
      run: () => ({
        ok: true,
        url: workspace.url,
        team: workspace.name,
        user: 'patchbay',
        team_id: workspace.id,
        user_id: 'U0PATCHBAY',
        bot_id: 'B0PATCHBAY',
      }),
    },
    'chat.postMessage': { scope: 'chat:write', run: post },
    'chat.update': { scope: 'chat:write', run: update },
    'conversations.list': { scope: 'channels:read', run: listChannels },
    'conversations.history': { scope: 'channels:history', run: history },
  };

  return {
    answer: async (request) => {
      const { hostname, pathname } = new URL(request.url);
      if (hostname === 'hooks.slack.com') return hook(pathname, await request.text());
      const method = methods[pathname.replace('/api/', '')];
      if (!method) return Response.json({ ok: false, error: 'unknown_method' });
      if (!request.headers.get('authorization')?.startsWith('Bearer '))
        return Response.json({ ok: false, error: 'not_authed' });
      if (method.scope && !scopes.has(method.scope))
        return Response.json({ ok: false, error: 'missing_scope', needed: method.scope });
      return Response.json(method.run(new URLSearchParams(await request.text())), {
        headers: { 'x-oauth-scopes': [...scopes].join(',') },
      });
    },
    objects: () =>
      [...channels].flatMap(([channel, messages]) =>
        messages.map(({ text, blocks }) => ({ channel, text, blocks })),
      ),
    deleteAll: () => channels.forEach((messages) => messages.splice(0)),
    chat: (channel, count) => {
      for (let made = 0; made < count; made += 1) write(channel, { text: 'hello', blocks: [] });
    },
  };

  function write(channel: string, message: Omit<Message, 'ts'>): string {
    state.count += 1;
    const ts = `${firstSecond}.${String(state.count).padStart(6, '0')}`;
    channels.get(channel)?.push({ ts, ...message });
    return ts;
  }

  function post(form: Form) {
    // A person's id opens the conversation with them.
    const channel = (form.get('channel') ?? '').replace(/^U/, 'D');
    const blocks = blocksOf(form.get('blocks'));
    if (!channels.has(channel)) return { ok: false, error: 'channel_not_found' };
    if (channel === 'C0STRANGERS') return { ok: false, error: 'not_in_channel' };
    if (!blocks) return { ok: false, error: 'invalid_blocks' };
    const metadata = form.get('metadata');
    const ts = write(channel, {
      text: form.get('text') ?? '',
      blocks,
      ...(metadata ? { metadata: JSON.parse(metadata) as unknown } : {}),
    });
    return { ok: true, channel, ts, message: { type: 'message', ts } };
  }

  function update(form: Form) {
    const channel = form.get('channel') ?? '';
    const blocks = blocksOf(form.get('blocks'));
    const found = channels.get(channel)?.find(({ ts }) => ts === form.get('ts'));
    if (!channels.has(channel)) return { ok: false, error: 'channel_not_found' };
    if (!found) return { ok: false, error: 'message_not_found' };
    if (!blocks) return { ok: false, error: 'invalid_blocks' };
    const metadata = form.get('metadata');
    Object.assign(found, {
      text: form.get('text') ?? '',
      blocks,
      ...(metadata ? { metadata: JSON.parse(metadata) as unknown } : {}),
    });
    return { ok: true, channel, ts: found.ts, text: found.text };
  }

  function listChannels() {
    return {
      ok: true,
      channels: [
        { id: 'C0STRANGERS', name: 'announcements', is_member: false },
        { id: 'C0RFPS', name: 'rfps', is_member: true },
        { id: webhook.channel, name: 'bookings', is_member: true },
      ],
      response_metadata: { next_cursor: '' },
    };
  }

  /** Newest first, a page at a time. */
  function history(form: Form) {
    const [oldest, latest] = [Number(form.get('oldest')), Number(form.get('latest'))];
    const [from, limit] = [Number(form.get('cursor') ?? '0'), Number(form.get('limit'))];
    const all = (channels.get(form.get('channel') ?? '') ?? [])
      .filter(({ ts }) => Number(ts) >= oldest && Number(ts) <= latest)
      .toReversed();
    const next = from + limit;
    return {
      ok: true,
      messages: all.slice(from, next),
      has_more: next < all.length,
      response_metadata: { next_cursor: next < all.length ? String(next) : '' },
    };
  }

  function hook(path: string, body: string): Response {
    if (path !== new URL(webhook.url).pathname || !scopes.has('incoming-webhook'))
      return new Response('no_service', { status: 404 });
    const { text = '', blocks } = JSON.parse(body) as { text?: string; blocks?: unknown };
    if (!blocksOf(JSON.stringify(blocks ?? null))) return new Response('invalid_blocks', { status: 400 });
    write(webhook.channel, { text, blocks });
    return new Response('ok', { headers: { 'content-type': 'text/html' } });
  }
}

/** Of Block Kit's limits those that a long event could break. */
function blocksOf(text: string | null): unknown[] | null {
  const blocks: unknown = JSON.parse(text ?? 'null');
  if (!Array.isArray(blocks) || blocks.length === 0 || blocks.length > 50) return null;
  const isTooLong = blocks.some((block) => longest(block) > 3000);
  return isTooLong ? null : blocks;
}

function longest(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Math.max(0, ...Object.values(value).map(longest));
}
