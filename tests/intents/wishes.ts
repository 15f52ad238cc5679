import { createApp, createPartner, reviewPartner } from '../../src/oauth/index.ts';
import type { Answer, TestHub } from '../harness/hub.ts';
import { addStaff, staffTokenOf } from '../harness/staff.ts';

let counter = 0;
/** A valid wish for an RFP; what is given goes over it. */
export function wish(over: Record<string, unknown> = {}): Record<string, unknown> {
  counter += 1;
  return {
    external_ref: `campaign-${counter}`,
    title: 'Spring lookbook, half a day',
    brief: 'Twelve edited frames in daylight.\nUsage for one year on social channels.',
    roles: ['photographer'],
    city: 'houston',
    references: [{ url: 'https://media.example.com/briefs/1.jpg', alt: 'Last year’s.' }],
    ...over,
  };
}

/** A reviewed partner's app that asks for RFPs of the partner's own. */
export async function partnerApp(on: TestHub): Promise<{ appId: string; partnerId: string; token: string }> {
  const partnerId = await createPartner(on.hub, 'test', 'Acme Tools');
  await reviewPartner(on.hub, 'test', { partnerId, outcome: 'passed', note: 'looked at' });
  const { clientId, secret } = await createApp(on.hub, 'test', {
    partnerId,
    name: 'Briefs',
    env: 'live',
    kind: 'confidential',
    redirectUris: ['https://app.example/callback'],
    scopes: ['rfps:create', 'webhooks:manage'],
  });
  const response = await fetch(`${on.origin}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'rfps:create' }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return { appId: clientId, partnerId, token };
}

export const reviewer = async (on: TestHub): Promise<string> =>
  staffTokenOf(on.hub, await addStaff(on.hub, ['legal']), ['legal']);

/** All that the core has not read yet, a few at a time. */
export async function readIntents(
  on: TestHub,
  token: string,
  after = '',
): Promise<{ rows: any[]; after: string }> {
  const rows: any[] = [];
  for (let cursor = after; ;) {
    const { body }: Answer = await on.call('GET', `/v1/intents?limit=3&after=${cursor}`, token);
    rows.push(...body.data);
    cursor = body.next_cursor;
    if (body.data.length === 0) return { rows, after: cursor };
  }
}
