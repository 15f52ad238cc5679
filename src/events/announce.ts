/**
 * What the hub itself has to say (a subscription stopped, a grant was revoked, a test was asked for) is an event like
 * any other: durable, matched, signed, retried.
 */
import type { Caller, Ctx, Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Env } from '#src/ports';
import { draftOf } from './draft.ts';
import { writeDrafts } from './write-drafts.ts';

export type SystemEvent = {
  /** Given where it must not be said twice; else a new one. */
  id?: string;
  type: string;
  env: Env;
  accountIds: readonly string[];
  subject: string;
  data: Record<string, unknown>;
  city?: string;
};

/** Answers the event's id once it is durable. Saying it again with the same id says nothing more. */
export async function publishSystemEvent(ports: Ports, said: SystemEvent): Promise<string> {
  const ctx: Ctx = { ...ports, caller: hubCaller(said.env), requestId: ports.ids.newId('req') };
  const envelope = {
    id: said.id ?? ports.ids.newId('evt'),
    type: said.type,
    occurred_at: ports.clock.now().toISOString(),
    ...(said.city ? { city: said.city } : {}),
    subject: said.subject,
    audience: [...said.accountIds],
    data: said.data,
  };
  const body = JSON.stringify(envelope);
  const draft = draftOf(ctx, envelope, ports.digest.sha256(body));
  if (draft.event.state !== 'accepted') {
    throw new PatchbayError('internal', {
      internal: `the hub's own ${said.type} breaks its schema: ${draft.event.reasonsJson}`,
    });
  }
  const receivedAtMs = ports.clock.ms();
  const id = ports.ids.newId('rcp');
  await writeDrafts(ctx, { id, tokenId: null, receivedAtMs, body, idempotencyId: null, fingerprint: '' }, [
    draft,
  ]);
  return envelope.id;
}

/** The hub as a caller of its own verbs: it proves itself by being here, and holds no scope. */
export const hubCaller = (env: Env, scopes: readonly string[] = []): Caller => ({
  tokenId: 'hub',
  kind: 's',
  env,
  accountId: null,
  userId: null,
  grantId: null,
  appId: null,
  partnerId: null,
  scopes: new Set(scopes),
  epochs: {},
});
