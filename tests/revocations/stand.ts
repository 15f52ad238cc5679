import { eq } from 'drizzle-orm';
import { expect } from 'vitest';
import type { Preview, StaffReceipt } from '../../src/revocations/index.ts';
import { enterSession, startSession } from '../../src/sessions/index.ts';
import { createSubscription, subscriptionSpec } from '../../src/subscriptions/index.ts';
import type { Answer } from '../harness/call.ts';
import { eventFor } from '../harness/hub.ts';
import { startSink, until } from '../harness/sink.ts';
import { addStaff, browserOf } from '../harness/staff.ts';
import { startStand } from '../oauth/stand.ts';

export type RevocationStand = Awaited<ReturnType<typeof startRevocationStand>>;
type Subject = { level: string; id: string };

export const linkScopes = ['bookings:read', 'reviews:read', 'webhooks:manage'];

/** A hub with partners, people and an officer who may revoke; endpoints stand at one receiver, each at a path of its own. */
export async function startRevocationStand(environment: Record<string, string> = {}) {
  const oauth = await startStand(environment);
  const { hub, ports, account } = oauth;
  await oauth.review();
  const sink = await startSink();
  const officer = await browserOf(hub, await addStaff(ports, ['security']));
  await officer.elevate('revocations:create', 'suspensions:create');
  const publisher = await hub.service();
  const state = { paths: 0 };

  const link = (client: Parameters<typeof oauth.linked>[0], scopes = linkScopes) =>
    oauth.linked(client, { scope: scopes.join(' ') }, oauth.approval({ scopes }));
  const endpoint = () => {
    const path = `/at${(state.paths += 1)}`;
    return {
      wish: { type: 'webhook' as const, url: sink.origin + path },
      arrived: () => sink.received.filter((one) => one.path === path),
    };
  };
  const subscribe = async (token: string, over: Record<string, unknown> = {}) => {
    const { wish, arrived } = endpoint();
    const body = { endpoint: wish, event_types: ['booking.*'], ...over };
    const made = await hub.call('POST', '/v1/subscriptions', token, body);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return { id: made.body.id as string, arrived };
  };
  /** As the portal does it: made by a person in a browser, who has no token at all. */
  const inBrowser = async () => {
    const { secret } = await startSession(ports, oauth.userId);
    const enter = () => enterSession(ports, secret, 'GET');
    const entered = await enter();
    const caller = entered?.caller;
    if (!caller) throw new Error('the person acts for nobody');
    const { wish, arrived } = endpoint();
    const spec = subscriptionSpec.parse({ endpoint: wish, event_types: ['booking.*'], max_per_second: 1 });
    const { row } = await createSubscription({ ...ports, caller, requestId: 'req_test' }, spec);
    return { id: row.id, arrived, enter };
  };
  const publish = async (count: number, audience = [account.id]) => {
    const events = Array.from({ length: count }, () => eventFor(audience));
    expect((await hub.call('POST', '/v1/events', publisher, { events })).status).toBe(202);
  };
  const deliveriesOf = (subscription: string) => {
    const { deliveries } = ports.store.tables;
    return ports.store.db.select().from(deliveries).where(eq(deliveries.subscriptionId, subscription));
  };
  const revoke = (subject: Subject, reason = 'violation', more: object = {}): Promise<Answer> =>
    officer.call('POST', '/admin/v1/revocations', { ...subject, reason, ...more });
  const receipt = async (id: string): Promise<StaffReceipt> =>
    (await officer.call('GET', `/admin/v1/revocations/${id}`)).body as StaffReceipt;

  return {
    ...oauth,
    sink,
    officer,
    link,
    subscribe,
    inBrowser,
    publish,
    deliveriesOf,
    revoke,
    receipt,
    preview: async (subject: Subject, reason?: string): Promise<Preview> => {
      const asked = { ...subject, ...(reason ? { reason } : {}) };
      const answer = await officer.call('POST', '/admin/v1/revocations/preview', asked);
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      return answer.body as Preview;
    },
    suspend: (subject: Subject, reason = 'suspicious') =>
      officer.call('POST', '/admin/v1/suspensions', { ...subject, reason }),
    lift: ({ level, id }: Subject) => officer.call('DELETE', `/admin/v1/suspensions/${level}/${id}`),
    /** The receipt once nothing is left to be cancelled or counted. */
    completed: async (answer: Answer): Promise<StaffReceipt> => {
      expect(answer.status, JSON.stringify(answer.body)).toBe(202);
      const id = answer.body.id as string;
      await until('the receipt is complete', async () => (await receipt(id)).completed_at !== null);
      return receipt(id);
    },
    grantOf: async (token: string): Promise<string> =>
      (await hub.call('GET', '/v1/me', token)).body.grant.id as string,
    stop: async () => {
      await oauth.stop();
      await sink.close();
    },
  };
}
