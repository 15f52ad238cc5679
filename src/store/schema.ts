import type { Columns } from '#src/columns';
import { accessTables } from './tables/access.ts';
import { approvalTables } from './tables/approvals.ts';
import { connectionTables } from './tables/connections.ts';
import { deliveryTables } from './tables/deliveries.ts';
import { eventTables } from './tables/events.ts';
import { intentTables } from './tables/intents.ts';
import { oauthTables } from './tables/oauth.ts';
import { sessionTables } from './tables/sessions.ts';
import { signInTables } from './tables/sign-in.ts';
import { staffTables } from './tables/staff.ts';
import { usageTables } from './tables/usage.ts';
import { workerTables } from './tables/workers.ts';

/** The whole data model, spelled once; called with SQLite's words or Postgres's. */
export const schema = (c: Columns) => ({
  ...accessTables(c),
  ...eventTables(c),
  ...deliveryTables(c),
  ...workerTables(c),
  ...oauthTables(c),
  ...sessionTables(c),
  ...signInTables(c),
  ...usageTables(c),
  ...staffTables(c),
  ...intentTables(c),
  ...approvalTables(c),
  ...connectionTables(c),
});

export type Schema = ReturnType<typeof schema>;
