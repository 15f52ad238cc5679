import type { Choice, Connected, ConnectorCtx, Facts, Failed, Health } from '#kit';
import { callApi } from './api.ts';
import { isChannel } from './manifest.ts';
import { isData, list, text } from './read.ts';

type Ctx = ConnectorCtx<unknown>;

/** `oauth.v2.access`, without its token and the webhook's address. */
export function connected(answer: Readonly<Record<string, unknown>>): Connected {
  const team = { id: text(answer, 'team.id') ?? '', name: text(answer, 'team.name') ?? '' };
  const channel = text(answer, 'incoming_webhook.channel_id');
  const name = text(answer, 'incoming_webhook.channel');
  return {
    account: { id: team.id, label: [team.name || 'Slack', name].filter(Boolean).join(' · ') },
    facts: {
      team,
      // Who may do more than others in that workspace: see `who.ts`.
      connectedBy: text(answer, 'authed_user.id') ?? null,
      botUser: text(answer, 'bot_user_id') ?? null,
      // Linked anew without the webhook, its channel is nobody's any more.
      channel: channel ? { id: channel, name: name ?? channel } : null,
    },
  };
}

/** Slack's page offers direct messages beside channels: whoever picked one is asked again. [S2-34] */
export async function setUp(ctx: Ctx): Promise<{ ok: true; facts: Facts } | Failed> {
  const channel = text(ctx.facts, 'channel.id');
  if (channel !== undefined && !isChannel(channel))
    return {
      ok: false,
      kind: 'permanent',
      code: 'direct_message_chosen',
      fix: 'You chose a direct message on Slack’s page. Connect again and choose a channel.',
    };
  const answer = await callApi(ctx, { method: 'auth.test', params: {} });
  if (!answer.ok) return answer;
  const workspaceUrl = text(answer.body, 'url');
  return { ok: true, facts: workspaceUrl?.startsWith('https://') ? { workspaceUrl } : {} };
}

/** A webhook can be asked nothing without posting: the token that came with it ends when the app is removed. */
export async function health(ctx: Ctx): Promise<Health> {
  const answer = await callApi(ctx, { method: 'auth.test', params: {} });
  if (!answer.ok) return { ok: false, failure: answer };
  const held = answer.headers.get('x-oauth-scopes');
  const missing = held === null ? [] : [...ctx.scopes].filter((scope) => !scopesIn(held).has(scope));
  const account = text(answer.body, 'team');
  return {
    ok: missing.length === 0,
    ...(account ? { account } : {}),
    ...(missing.length > 0
      ? {
          missingScopes: missing,
          failure: { ok: false, kind: 'auth', next: 'reconnect', code: 'missing_scope' },
        }
      : {}),
  };
}

const scopesIn = (header: string): Set<string> => new Set(header.split(',').map((scope) => scope.trim()));

const maxPages = 5;

/** The webhook's own channel, since it has no other; else public channels, those that Patchbay is in first. */
export async function choices(
  field: string,
  ctx: Ctx,
): Promise<{ ok: true; choices: readonly Choice[] } | Failed> {
  if (field !== 'channel') return { ok: true, choices: [] };
  const own = text(ctx.facts, 'channel.id');
  if (own) return { ok: true, choices: [{ id: own, label: text(ctx.facts, 'channel.name') ?? own }] };
  const found: { id: string; name: string; isMember: boolean }[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await callApi(ctx, {
      method: 'conversations.list',
      params: {
        types: 'public_channel',
        exclude_archived: 'true',
        limit: '200',
        ...(cursor ? { cursor } : {}),
      },
    });
    if (!answer.ok) return answer;
    for (const channel of list(answer.body, 'channels').filter(isData)) {
      const [id, name] = [text(channel, 'id'), text(channel, 'name')];
      if (id && name) found.push({ id, name, isMember: channel['is_member'] === true });
    }
    cursor = text(answer.body, 'response_metadata.next_cursor');
    if (cursor === undefined) break;
  }
  return {
    ok: true,
    choices: found
      .toSorted((a, b) => Number(b.isMember) - Number(a.isMember) || a.name.localeCompare(b.name))
      .map(({ id, name, isMember }) => ({
        id,
        label: isMember ? `#${name}` : `#${name} (write /invite @Patchbay there first)`,
      })),
  };
}
