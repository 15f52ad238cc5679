import type { Door } from '#src/wire';
import { accountRoutes } from './account-routes.ts';
import { grantRoutes, tokenRoutes } from './token-routes.ts';

export function accessRoutes(door: Door): void {
  tokenRoutes(door);
  grantRoutes(door);
  accountRoutes(door);
}
