import { eq } from 'drizzle-orm';
import { deliveredVersion } from '#src/catalog';
import type { Ports } from '#src/context';
import type { Candidate, Carried, Env, LeasedDelivery, Lookup, OutboundRequest } from '#src/ports';
import { findNoticeCandidate, type HoldReason, holdReason, isNotice, viewerOf } from '#src/subscriptions';
import type { EventViews } from '#src/view';
import { createBodyWriter } from './format.ts';
import type { SignerOf } from '#src/signatures';
import { isWithdrawn } from './withdrawn.ts';

/** What to do with a leased delivery now, by the subscription, the scopes and the epochs of this moment. */
export type Plan = { do: 'send'; request: OutboundRequest } | { do: 'carry'; body: string } | Stop;
export type Stop =
  | { do: 'hold'; reason: HoldReason }
  | { do: 'cancel'; reason: 'subscription_deleted' | 'revoked' | 'scope_missing' | 'rfp_withdrawn' };

type Needs = Pick<Ports, 'directory' | 'gate' | 'clock' | 'settings' | 'store'>;

type Addressed = Pick<LeasedDelivery, 'subscriptionId' | 'grantId' | 'accountId'> & {
  event: { env: Env; type: string };
};

/** A promise only where something has to be read. */
export function findCandidate(
  ports: Pick<Ports, 'directory' | 'store' | 'gate' | 'log'>,
  delivery: Addressed,
): Candidate | undefined | Promise<Candidate | undefined> {
  const { accountId, event } = delivery;
  const lookup = isNotice(event.type) ? null : ports.directory.known(event.env, [accountId]);
  return lookup ? candidateIn(lookup, delivery) : readCandidate(ports, delivery);
}

async function readCandidate(
  ports: Pick<Ports, 'directory' | 'store' | 'gate' | 'log'>,
  delivery: Addressed,
): Promise<Candidate | undefined> {
  const { accountId, event } = delivery;
  // What tells an app that its grant is dead is sent under that dead grant.
  const notice = isNotice(event.type) ? await findNoticeCandidate(ports, delivery) : null;
  return notice ?? candidateIn(await ports.directory.load(event.env, [accountId]), delivery);
}

const candidateIn = (
  lookup: Lookup,
  { accountId, subscriptionId, grantId }: Addressed,
): Candidate | undefined =>
  lookup
    .of(accountId)
    .find(({ subscription, grant }) => subscription.id === subscriptionId && grant.id === grantId);

/** Why nobody listens any more where `findCandidate` found nobody: the grant has ended, else the subscription. */
export async function stopOfGone(
  { store }: Pick<Ports, 'store'>,
  { grantId }: Pick<LeasedDelivery, 'grantId'>,
): Promise<Stop> {
  const { grants } = store.tables;
  const [grant] = await store.db
    .select({ endedAt: grants.endedAt })
    .from(grants)
    .where(eq(grants.id, grantId));
  return { do: 'cancel', reason: grant?.endedAt ? 'revoked' : 'subscription_deleted' };
}

export async function prepare(
  ports: Needs,
  signerOf: SignerOf,
  delivery: LeasedDelivery,
  views: EventViews,
  candidate: Candidate,
): Promise<Plan> {
  const stop = stopReason(ports, candidate);
  if (stop) return stop;
  if (await isWithdrawn(ports, views.event)) return { do: 'cancel', reason: 'rfp_withdrawn' };
  const { subscription, grant } = candidate;
  const { event } = views;
  const viewer = viewerOf(candidate);
  const writer = views.once(viewer, `body:${subscription.format}`, (data) =>
    createBodyWriter(
      subscription.format,
      {
        id: event.id,
        type: event.type,
        schemaVersion: deliveredVersion(event.schemaVersion, subscription.schemaVersion ?? undefined),
        sequence: event.sequence,
        occurredAtMs: event.occurredAtMs,
        city: event.city,
        subject: event.subject,
      },
      data,
      { installation: 'patchbay', publicUrl: ports.settings.publicUrl },
    ),
  );
  if (!writer) return { do: 'cancel', reason: 'scope_missing' };
  const text = writer.write({ account: grant.accountId, grant: grant.id, subscription: subscription.id });
  if (subscription.endpoint.type === 'connection') return { do: 'carry', body: text };
  const timestamp = Math.floor(ports.clock.ms() / 1_000);
  const signer = await signerOf(subscription);
  const body = signer.seal ? await signer.seal(delivery.id, text) : text;
  const signature = signer.sign(delivery.id, timestamp, body);
  return {
    do: 'send',
    request: {
      url: subscription.endpoint.url,
      method: 'POST',
      headers: {
        'content-type': writer.contentType,
        // RFC 8935 §2.1: what the receiver has to complain of comes as JSON.
        ...(signer.seal ? { accept: 'application/json' } : {}),
        'user-agent': 'Patchbay/1',
        'webhook-id': delivery.id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': typeof signature === 'string' ? signature : await signature,
      },
      body,
      deadlineMs: ports.settings.attemptDeadlineMs,
      maxAnswerBytes: ports.settings.maxAnswerBytes,
      keepAnswerBytes: ports.settings.keepAnswerBytes,
      // Asked again when the connection is up: a revocation stops every attempt of which no byte has left.
      mayStillSend: () =>
        ports.gate.standing(subscription.epochs, grant.epochs, makerOf(subscription)) === 'valid',
    },
  };
}

/** Why it may not be sent now, or null. Also asked after an attempt was withdrawn. */
export function stopReason({ gate }: Pick<Ports, 'gate'>, candidate: Candidate): Stop | null {
  const { subscription, grant, accountStatus } = candidate;
  if (gate.standing(subscription.epochs, grant.epochs) === 'revoked')
    return { do: 'cancel', reason: 'revoked' };
  if (accountStatus === 'closed' || accountStatus === 'erased') return { do: 'cancel', reason: 'revoked' };
  const held = holdReason(candidate, gate);
  // Its row says so already; the copy of it that this process has was read before.
  if (!held && gate.standing(makerOf(subscription)) === 'revoked')
    return { do: 'hold', reason: 'subscription_disabled' };
  return held ? { do: 'hold', reason: held } : null;
}

const makerOf = ({ tokenId, updatedAt }: Candidate['subscription']): Carried =>
  tokenId === null ? {} : { maker: [tokenId, updatedAt.getTime()] };
