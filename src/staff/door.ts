import type { Hono } from 'hono';
import type { Caller, Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Addresses } from '#src/limits';
import { readSessionCookie, requireSameOrigin } from '#src/sessions';
import { enterStaff } from './enter.ts';
import type { StaffDoor } from './route.ts';

/** What `app.ts` knows of a request. */
export type StaffKnock = {
  idOf(request: Request): string;
  addressOf(request: Request): string;
  /** Who a token is of; spends its caps. */
  callerOf(request: Request): Promise<Caller>;
  addresses: Pick<Addresses, 'charge'>;
};

/**
 * A token where one is sent, else the browser's session. A cookie is sent by any page that makes the browser ask, so what
 * changes something must come from a page of ours; a token is sent by nobody but its holder.
 */
export function createStaffDoor(app: Hono, ports: Ports, knock: StaffKnock): StaffDoor {
  return {
    app,
    enter: async (request) => {
      const requestId = knock.idOf(request);
      const staff = request.headers.has('authorization')
        ? await enterStaff(ports, { caller: await knock.callerOf(request) })
        : await fromBrowser(ports, knock, request);
      return { ...ports, staff, requestId };
    },
  };
}

async function fromBrowser(ports: Ports, knock: StaffKnock, request: Request) {
  const secret = readSessionCookie(ports.settings, request);
  if (secret === null)
    throw new PatchbayError('unauthenticated', {
      public: 'Sign in as staff, or send a staff token: Authorization: Bearer pbk_…',
    });
  if (!isRead(request.method)) requireSameOrigin(request);
  try {
    return await enterStaff(ports, { secret, method: request.method });
  } catch (error) {
    // A cookie that is no session's counts like a token that is none; who is signed in goes on being served there.
    if (error instanceof PatchbayError && error.code === 'unauthenticated')
      knock.addresses.charge(knock.addressOf(request));
    throw error;
  }
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';
