import { ownRoutes } from './own-routes.ts';
import { roleRoutes } from './role-routes.ts';
import type { StaffDoor } from './route.ts';
import { tokenRoutes } from './token-routes.ts';

/** The staff API: all under /admin/v1, each route with its permission. */
export function staffRoutes(door: StaffDoor): void {
  ownRoutes(door);
  tokenRoutes(door);
  roleRoutes(door);
}
