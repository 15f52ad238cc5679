import type * as z from 'zod';
import type { Ports } from '#src/context';
import { type Answer, type Asked, type Door, mountAt, type RouteSpec, servedPath } from '#src/wire';
import { requirePermission, type Staff } from './enter.ts';
import { isSensitive, type Permission } from './permissions.ts';

/** What a verb of staff works in. */
export type StaffCtx = Ports & { staff: Staff; requestId: string };

/** As `Door`, for staff. */
export type StaffDoor = Pick<Door, 'app' | 'tell'> & {
  /** Throws 401, 403 or 429. */
  enter(request: Request): Promise<StaffCtx>;
};

type Shape = z.ZodObject | undefined;
export type StaffSpec<P extends Shape, Q extends Shape, B extends z.ZodType | undefined> = Omit<
  RouteSpec<P, Q, B>,
  'scope'
> & {
  /** What it takes; a sensitive one takes an elevation, too. Null: any member of staff, for what is their own. */
  permission: Permission | null;
  /** A second that it takes, for what it is about. */
  also?: Permission;
};

/** The one way to mount a route under /admin/v1: its permission stands in its spec, and in the document. */
export function staffRoute<
  P extends Shape = undefined,
  Q extends Shape = undefined,
  B extends z.ZodType | undefined = undefined,
>(
  door: StaffDoor,
  spec: StaffSpec<P, Q, B>,
  handle: (asked: Asked<P, Q, B, StaffCtx>) => Promise<Answer>,
): void {
  const { method, path, permission, also = null } = spec;
  const needs = [permission, also].filter((one) => one !== null);
  const isSensitiveRoute = needs.some(isSensitive);
  declareStaffRoute(door.app, { method: method.toUpperCase(), path: servedPath(path), permission, also });
  const enter = async (request: Request): Promise<StaffCtx> => {
    const ctx = await door.enter(request);
    for (const one of needs) requirePermission(ctx.staff, one);
    return ctx;
  };
  const entrance = {
    ...door,
    enter,
    security: [{ token: needs }, { staffSession: [] }],
    extensions: {
      'x-permission': permission,
      'x-sensitive': isSensitiveRoute,
    } as const,
  };
  mountAt(
    entrance,
    {
      ...spec,
      errors: [
        'forbidden',
        ...(isSensitiveRoute ? (['elevation_needed'] as const) : []),
        ...(spec.errors ?? []),
      ],
    },
    handle,
  );
}

export type DeclaredRoute = {
  method: string;
  path: string;
  permission: Permission | null;
  also?: Permission | null;
};

const declared = new WeakMap<object, DeclaredRoute[]>();

/** For a page under /admin, which is no route of the API: whatever is served there and is not declared fails a test. */
export function declareStaffRoute(app: object, route: DeclaredRoute): void {
  declared.set(app, [...declaredStaffRoutes(app), route]);
}

export const declaredStaffRoutes = (app: object): readonly DeclaredRoute[] => declared.get(app) ?? [];
