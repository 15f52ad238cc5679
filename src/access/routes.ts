import type { Door } from '#src/wire';
import { accountRoutes } from './account-routes.ts';
import { grantRoutes } from './grant-routes.ts';
import { receiptRoutes } from './revocation-answer.ts';
import { tokenRoutes } from './token-routes.ts';

export function accessRoutes(door: Door): void {
  tokenRoutes(door);
  grantRoutes(door);
  receiptRoutes(door);
  accountRoutes(door);
}
