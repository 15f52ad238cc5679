/**
 * `POST /v1/rfps` by a signature (Standard Webhooks 1.0) in place of a token: `?sender=tok_…` names who signs, and tells
 * nobody anything. Form, moment and signature are checked over the bytes as they came, before anything of them is read;
 * who sends what is nobody's learns only that. What follows is the way of every token: its row, its epochs, its caps.
 */
import { eq } from 'drizzle-orm';
import { idPattern } from '#src/columns';
import type { Ctx, Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { unreviewed } from '#src/oauth';
import { refuseForm, type SignedBy, verifySignature } from '#src/signatures';
import { type Door, type Entrance, readBody, readBytes, requireJson } from '#src/wire';
import { senderScope } from './sender-make.ts';
import { senderSecrets } from './sender-secrets.ts';

export type SignedDoor = Door & {
  /** Who has signed, within its caps. Throws 401 where `prove` says why it has not, and that costs its address. */
  enterSigned(request: Request, signer: Signer): Promise<Ctx>;
};
type Signer = { id: string; prove: (ports: Ports) => Promise<Proven> };
type Proven = { ok: true } | { ok: false; why: string };

/** Both ways in. A request that brings both is refused: nobody should have to guess which one counts. */
export function rfpEntrance(door: SignedDoor): Entrance<Ctx> {
  const signedBodies = new WeakMap<Request, Uint8Array>();
  const enter = async (request: Request): Promise<Ctx> => {
    const ctx = isSigned(request)
      ? await enterBySignature(door, request, signedBodies)
      : await door.enter(request);
    if (ctx.caller.scopes.has(senderScope)) return ctx;
    throw new PatchbayError('scope_missing', {
      public: `This needs the scope ${senderScope}, which the token does not have.`,
    });
  };
  return {
    ...door,
    enter,
    security: [{ token: [senderScope] }, { oauth: [senderScope] }, { signature: [] }],
    readBody: async (request, maxBytes) => {
      const signed = signedBodies.get(request);
      if (!signed) return readBody(request, maxBytes);
      requireJson(request.headers.get('content-type'), request.headers.get('content-encoding'));
      return signed;
    },
  };
}

/** A message of a sender has an id of its own: that is its Idempotency-Key where it brings none. */
export const messageKeyOf = ({ caller }: Ctx, request: Request): string | null =>
  caller.kind === 'w' ? `${caller.tokenId} ${request.headers.get('webhook-id') ?? ''}` : null;

async function enterBySignature(
  door: SignedDoor,
  request: Request,
  signedBodies: WeakMap<Request, Uint8Array>,
): Promise<Ctx> {
  const ids = new URL(request.url).searchParams.getAll('sender');
  const id = ids.join();
  const ctx = await door.enterSigned(request, {
    id,
    prove: async (ports) => {
      if (request.headers.has('authorization')) return no('Send a token or a signature, not both.');
      if (!senderId.test(id))
        return no('The address names no sender: post to the url that its making has shown.');
      const { headers } = request;
      const by: SignedBy = {
        id: headers.get('webhook-id'),
        timestamp: headers.get('webhook-timestamp'),
        signature: headers.get('webhook-signature'),
      };
      const form = refuseForm(ports, by);
      if (!form.ok) return form;
      const secrets = await senderSecrets(ports, id);
      // Before a byte of the body is read: whoever has no secret does not make us hold anything.
      if (secrets.length === 0) return no(notSigned);
      const raw = await readBytes(request, ports.settings.maxRequestBytes);
      signedBodies.set(request, raw);
      return (await verifySignature(ports, secrets, by, raw)) ? { ok: true } : no(notSigned);
    },
  });
  await refuseUnreviewed(ctx);
  return ctx;
}

/** A token of an app is gone in an hour, and the next one asks for the review; a sender stays. */
async function refuseUnreviewed(ctx: Ctx): Promise<void> {
  const { appId, partnerId } = ctx.caller;
  if (appId === null || partnerId === null) return;
  const { clients } = ctx.store.tables;
  const [client] = await ctx.store.db
    .select({ scopes: clients.scopes })
    .from(clients)
    .where(eq(clients.appId, appId))
    .limit(1);
  const isRegistered = client?.scopes.includes(senderScope) === true;
  if (isRegistered && (await unreviewed(ctx, partnerId, [senderScope])).length === 0) return;
  throw new PatchbayError('forbidden', {
    public: `This app may not ask for RFPs: it needs ${senderScope}, and a review of its partner on record.`,
  });
}

const senderId = new RegExp(idPattern('tok'));
const isSigned = (request: Request): boolean =>
  request.headers.has('webhook-signature') || new URL(request.url).searchParams.has('sender');

const notSigned = 'No secret of this sender has signed these bytes.';
const no = (why: string): Proven => ({ ok: false, why });
