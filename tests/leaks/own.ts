import { createPersonalToken } from '../../src/access/index.ts';
import type { Stand } from '../oauth/stand.ts';

/** A personal token of this account, made from outside the API. */
export const issueOwn = (ports: Stand['ports'], accountId: string) =>
  createPersonalToken(ports, 'test', { label: 'own', env: 'live', scopes: ['bookings:read'], accountId });
