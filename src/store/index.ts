export {
  beforeInExpansion,
  type HotStatement,
  dueLanesStatement,
  leaseStatements,
  matchStatement,
  renewStatement,
  settleStatements,
  versionStatement,
} from './hot/sqlite.ts';
export { publishStatements } from './hot/sqlite-publish.ts';
export { candidateOf, eventOf, leasedRows, publishAnswers } from './hot/rows.ts';
export { holdRow } from './hold-row.ts';
export { insertIf } from './insert-if.ts';
export { splitBySize } from './hot/split.ts';
export { type Schema, schema } from './schema.ts';
export type { EpochLevel, EpochSnapshot } from './tables/access.ts';
export type { ConnectionState, StoredRef } from './tables/connections.ts';
export type { DeliveryState, EndpointSpec } from './tables/deliveries.ts';
export type { Reason } from './tables/events.ts';
export type { IntentKind, IntentState } from './tables/intents.ts';
export type { ClientAuthMethod, GrantType } from './tables/oauth.ts';
export {
  type PostgresStatement,
  postgresDueLanes,
  postgresLease,
  postgresMatch,
  postgresRenew,
  postgresSettle,
  postgresVersion,
} from './hot/postgres.ts';
export { postgresKnown, postgresPublish } from './hot/postgres-publish.ts';
export { postgresFeedEnd, postgresFeedTx } from './hot/postgres-feed.ts';
