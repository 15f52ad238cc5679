import { Hono } from 'hono';
import { approvalRoutes } from '#src/approvals';
import { accessRoutes, type Authenticator, type Call, meRoutes } from '#src/access';
import { calendarFeedRoutes, calendarRoute } from '#src/calendar-feeds';
import { catalogRoutes } from '#src/catalog';
import { connectionRoutes, inboundRoutes } from '#src/connections';
import type { Ctx, Ports } from '#src/context';
import { deliveryRoutes } from '#src/deliveries';
import { proofAlgorithms } from '#src/dpop';
import { PatchbayError, problemOf } from '#src/errors';
import { feedRoutes, publishRoute, quarantineRoutes } from '#src/events';
import { clientAddress, createAddresses, type LimitFields } from '#src/limits';
import { hookRoutes } from '#src/hooks';
import { intentReviewRoutes, intentRoutes, type SignedDoor } from '#src/intents';
import { githubLeakRoute, type LeakDoor, leakRoutes, tokenLookUpRoute } from '#src/leaks';
import { inquiryRoutes } from '#src/inquiry';
import { marketplaceRoutes } from '#src/marketplace';
import { createRequests, healthRoutes, type HostOperations, operateRoutes } from '#src/operate';
import { oauthRoutes } from '#src/oauth';
import { type Pull, pullRoutes } from '#src/pull';
import { revocationRoutes } from '#src/revocations';
import { createStaffDoor, isStaffToken, type StaffDoor, staffRoutes } from '#src/staff';
import { subscriptionRoutes } from '#src/subscriptions';
import { staffUsageRoutes, usageRoutes } from '#src/usage';
import { respond } from '#src/wire';
import { openToOtherOrigins } from './cross-origin.ts';
import { createMethods } from './methods.ts';

export type Hub = Ports & { authenticator: Authenticator };

/**
 * The pages for people, lent by the composition: they are TSX, which Node alone does not read, and most tests, commands
 * and the document need none of them.
 */
export type Pages = (
  app: Hono,
  hub: Ports,
  shared: {
    idOf(request: Request): string;
    tell(error: unknown, requestId: string): PatchbayError;
    isStopping?: () => boolean;
  },
) => void;

/** Every route of the hub, on any host. `pull`: where workers elsewhere deliver. */
export function createApp(
  hub: Hub,
  host: HostOperations = {},
  pull: Pull | null = null,
  pages: Pages | null = null,
): Hono {
  const app = new Hono();
  const requests = createRequests(hub);
  const addressOf = (request: Request): string =>
    clientAddress(
      requests.peerOf(request),
      request.headers.get('x-forwarded-for') ?? undefined,
      hub.settings.proxyHops,
    );
  const knock = async (request: Request): Promise<Ctx> => {
    const { headers, method } = request;
    const proof = headers.get('dpop');
    const { ctx, limits } = await authenticated(
      hub,
      {
        authorization: headers.get('authorization') ?? undefined,
        method,
        peer: requests.peerOf(request),
        forwardedFor: headers.get('x-forwarded-for') ?? undefined,
        ...(proof === null ? {} : { shown: { proof, path: new URL(request.url).pathname } }),
      },
      requests.idOf(request),
    );
    requests.answerWith(request, limits);
    return ctx;
  };
  const door: SignedDoor = {
    app,
    enter: async (request) => notStaff(await knock(request)),
    enterSigned: async (request, { id, prove }) => {
      const { caller, limits } = await hub.authenticator.authenticateSigned({
        id,
        method: request.method,
        address: addressOf(request),
        prove: () => prove(hub),
      });
      requests.answerWith(request, limits);
      return { ...hub, caller, requestId: requests.idOf(request) };
    },
  };
  const staffDoor = createStaffDoor(app, hub, {
    idOf: (request) => requests.idOf(request),
    addressOf,
    callerOf: async (request) => (await knock(request)).caller,
    addresses: createAddresses(hub.settings, hub.clock),
  });

  const finders = createAddresses(hub.settings, hub.clock);
  const leakDoor: LeakDoor = {
    app,
    enter: async (request) => {
      finders.charge(addressOf(request));
      return hub;
    },
  };

  app.use(requests.line);
  openToOtherOrigins(app);
  mountRoutes(door, staffDoor, leakDoor);
  githubLeakRoute(app, hub, { addressOf, addresses: finders });
  calendarRoute(app, hub, {
    addressOf,
    idOf: (request) => requests.idOf(request),
    answerWith: (request, fields) => requests.answerWith(request, fields),
  });
  oauthRoutes(app, hub, addressOf);
  operateRoutes(app, hub, host);
  inboundRoutes(app, hub, (request) => finders.charge(addressOf(request)));
  pages?.(app, hub, sharedWith(hub, requests, host));
  if (pull) pullRoutes(app, pull);
  return ended(app, hub, requests, 'There is nothing at this address. The API is described at /docs.');
}

/** The pages alone, where the API is answered elsewhere. */
export function createPagesApp(hub: Ports, pages: Pages): Hono {
  const app = new Hono();
  const requests = createRequests(hub);
  app.use(requests.line);
  pages(app, hub, sharedWith(hub, requests, {}));
  return ended(app, hub, requests, 'There is no page at this address.');
}

const sharedWith = (
  hub: Ports,
  requests: ReturnType<typeof createRequests>,
  { isStopping }: Pick<HostOperations, 'isStopping'>,
): Parameters<Pages>[2] => ({
  idOf: (request) => requests.idOf(request),
  tell: (error, id) => asPatchbayError(hub, error, id),
  ...(isStopping ? { isStopping } : {}),
});

/** A process that only sends: its health and its metrics, and nothing of the API. */
export function createWorkerApp(hub: Hub, host: HostOperations): Hono {
  const app = new Hono();
  const requests = createRequests(hub);
  app.use(requests.line);
  healthRoutes(app, hub, host);
  return ended(app, hub, requests, 'This process only sends. It answers /healthz, /readyz and /metrics.');
}

/** One `onError`: what is thrown becomes a problem document, and never a stack. */
function ended(
  app: Hono,
  hub: Ports,
  requests: ReturnType<typeof createRequests>,
  nothingHere: string,
): Hono {
  const methodsOf = createMethods(app);
  app.notFound((c) => {
    const methods = methodsOf(c.req.path).join(', ');
    const error = methods
      ? new PatchbayError('method_not_allowed', { public: `This address takes ${methods}.` })
      : new PatchbayError('not_found', { public: nothingHere });
    const response = problemResponse(error, requests.idOf(c.req.raw));
    // RFC 9110 §15.5.6: a 405 says what is allowed.
    if (methods) response.headers.set('allow', methods);
    return response;
  });
  app.onError((error, c) => {
    const requestId = requests.idOf(c.req.raw);
    const response = problemResponse(asPatchbayError(hub, error, requestId), requestId);
    // RFC 9728 §5.1: whoever has no token finds from here where to get one.
    if (response.status === 401) {
      const metadata = new URL('/.well-known/oauth-protected-resource', hub.settings.publicUrl).href;
      response.headers.set('www-authenticate', challenge(`, resource_metadata="${metadata}"`));
    }
    return response;
  });
  return app;
}

/** Every room's routes, in the order of the reference. Knows no hub, so that the document can be made without one. */
export function mountRoutes(door: SignedDoor, staffDoor: StaffDoor, leakDoor: LeakDoor): void {
  door.app.post('/v1/events', async (c) => {
    const ctx = await door.enter(c.req.raw);
    requirePublisher(ctx);
    return respond(await publishRoute(ctx, c.req.raw));
  });
  feedRoutes(door);
  quarantineRoutes(door);
  catalogRoutes(door);
  subscriptionRoutes(door);
  hookRoutes(door);
  deliveryRoutes(door);
  // Before the RFPs themselves: /v1/rfps/requests is no RFP's id.
  intentRoutes(door);
  marketplaceRoutes(door);
  connectionRoutes(door);
  calendarFeedRoutes(door);
  meRoutes(door);
  usageRoutes(door);
  accessRoutes(door);
  leakRoutes(leakDoor);
  staffRoutes(staffDoor);
  revocationRoutes(staffDoor);
  inquiryRoutes(staffDoor);
  staffUsageRoutes(staffDoor);
  approvalRoutes(staffDoor);
  tokenLookUpRoute(staffDoor);
  intentReviewRoutes(staffDoor);
}

type Knock = Pick<Call, 'authorization' | 'method' | 'shown'> & {
  peer: string;
  forwardedFor: string | undefined;
};

/** Who calls, proven and within its caps; `limits` are header fields of the answer. Throws 403 for a staff token. */
export async function enter(
  hub: Hub,
  knock: Knock,
  requestId: string,
): Promise<{ ctx: Ctx; limits: LimitFields }> {
  const entry = await authenticated(hub, knock, requestId);
  notStaff(entry.ctx);
  return entry;
}

async function authenticated(
  hub: Hub,
  { authorization, method, shown, peer, forwardedFor }: Knock,
  requestId: string,
): Promise<{ ctx: Ctx; limits: LimitFields }> {
  const address = clientAddress(peer, forwardedFor, hub.settings.proxyHops);
  const { caller, limits } = await hub.authenticator.authenticate({
    authorization,
    method,
    address,
    ...(shown ? { shown } : {}),
  });
  return { ctx: { ...hub, caller, requestId }, limits };
}

/** Staff act under /admin/v1, where each step is on record. */
function notStaff(ctx: Ctx): Ctx {
  if (!isStaffToken(ctx.caller)) return ctx;
  throw new PatchbayError('forbidden', {
    public: 'This is a staff token: it is for /admin/v1 alone.',
  });
}

export function requirePublisher({ caller }: Ctx): void {
  if (!caller.scopes.has('events:publish')) {
    throw new PatchbayError('scope_missing', {
      public: 'Publishing needs the scope events:publish, which the token does not have.',
    });
  }
}

const isNamed = (error: unknown): error is PatchbayError =>
  error instanceof PatchbayError && error.code !== 'internal';

/** What nobody foresaw is logged whole and answered with nothing of it. */
export function asPatchbayError(
  hub: Pick<Hub, 'log' | 'meter' | 'store'>,
  thrown: unknown,
  requestId?: string,
): PatchbayError {
  // What the hub has named keeps its name: a body that is no JSON has the parser's error for a cause, not the store's.
  const error = isNamed(thrown) ? thrown : hub.store.failureOf(thrown);
  if (isNamed(error)) {
    if (error.status === 429) hub.meter.count('rate_limit_hits', { whose: 'ours' });
    return error;
  }
  hub.log.error('request.fault', error, { request: requestId });
  hub.meter.count('request_faults');
  return new PatchbayError('internal', {
    public: 'Something went wrong inside the hub. Nothing more was done.',
    cause: error,
  });
}

/** RFC 9449 §7.1: both schemes, and the algorithms of a proof. */
const challenge = (more = ''): string =>
  `Bearer realm="patchbay"${more}, DPoP algs="${proofAlgorithms.join(' ')}"${more}`;

export function problemResponse(error: PatchbayError, requestId: string): Response {
  return new Response(JSON.stringify(problemOf(error, requestId)), {
    status: error.status,
    headers: {
      'content-type': 'application/problem+json',
      'x-request-id': requestId,
      ...error.fields,
      ...(error.status === 401 ? { 'www-authenticate': challenge() } : {}),
      ...(error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) }),
    },
  });
}
