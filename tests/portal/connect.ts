import { createHash } from 'node:crypto';
import { createApp, createPartner, decide, reviewPartner } from '../../src/oauth/index.ts';
import type { TestHub } from '../harness/hub.ts';

export type Connected = { grantId: string; clientId: string; secret: string; token: string; refresh: string };
type Wish = { accountId: string; userId: string; name: string; partner: string; scopes: string[] };

const verifier = 'b'.repeat(64);
const redirectUri = 'https://app.example/callback';

/** An app of a partner, and an account's consent to it, with the tokens that came of it. */
export async function connect(
  { hub, origin }: TestHub,
  wish: Wish & { isVerified: boolean },
): Promise<Connected> {
  const partnerId = await createPartner(hub, 'test', wish.partner);
  if (wish.isVerified) await reviewPartner(hub, 'test', { partnerId, outcome: 'passed', note: 'looked at' });
  const { clientId, secret } = await createApp(hub, 'test', {
    partnerId,
    name: wish.name,
    env: 'live',
    kind: 'confidential',
    redirectUris: [redirectUri],
    scopes: wish.scopes,
  });
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: wish.scopes.join(' '),
    state: 'state-of-the-client',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const asked = await fetch(`${origin}/oauth/authorize?${query.toString()}`, { redirect: 'manual' });
  const interaction =
    new URL(asked.headers.get('location') ?? '', origin).searchParams.get('interaction') ?? '';
  const decided = await decide(hub, interaction, {
    kind: 'granted',
    userId: wish.userId,
    accountId: wish.accountId,
    scopes: wish.scopes,
    history: false,
  });
  if (decided.kind !== 'redirect') throw new Error(`no redirect but ${decided.kind}`);
  const answer = await fetch(`${origin}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      client_secret: secret ?? '',
      code: new URL(decided.url).searchParams.get('code') ?? '',
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }),
  });
  const body = (await answer.json()) as { access_token: string; refresh_token: string };
  const { grants } = hub.store.tables;
  const rows = await hub.store.db.select().from(grants);
  const grantId = rows.find(({ appId }) => appId === clientId)?.id ?? '';
  return { grantId, clientId, secret: secret ?? '', token: body.access_token, refresh: body.refresh_token };
}

/** Four weeks of use, as if they had been: the quiet ones and the busy ones in turn. */
export async function rememberUse({ hub }: TestHub, holders: Record<string, number>): Promise<void> {
  const { usageDays } = hub.store.tables;
  const rows = Object.entries(holders).flatMap(([holder, busy]) =>
    Array.from({ length: 28 }, (_, i) => {
      const day = new Date(hub.clock.ms() - (i + 1) * 86_400_000).toISOString().slice(0, 10);
      const calls = Math.round(busy * (1 + Math.sin(i * 1.7)) * (1 + (i % 5)));
      const sent = holder.startsWith('grant:') ? calls * 2 : 0;
      return {
        id: `${day} ${holder}`,
        day,
        holder,
        reads: calls,
        writes: Math.round(calls / 10),
        creates: 0,
        units: calls + 5 * Math.round(calls / 10),
        refused: i % 9 === 4 ? Math.round(busy / 2) : 0,
        theirs: sent > 0 && i % 6 === 2 ? 7 : 0,
        delivered: sent,
        failed: i % 4 === 0 ? Math.round(sent / 12) : 0,
      };
    }),
  );
  await hub.store.write((db) => rows.map((row) => db.insert(usageDays).values(row)));
}
