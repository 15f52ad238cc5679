// What drizzle-kit reads to generate migrations/postgres: `npm run migrations`.
import { postgresColumns } from '#src/columns';
import { schema } from '#src/store';

export const tables = schema(postgresColumns);
export const {
  accounts, users, members, partners, apps, grants, tokens, epochs, revocations, audit,
  events, receipts, subjects, idempotency, feed, entities, entityAccounts,
  subscriptions, secrets, marks, changes, deliveries, attempts, tasks, workers,
  clients, reviews, authorizations, refreshes, usedIds, cases,
  sessions, signInLinks,
  identities, sessionOrigins, claimedMembers,
  usageDays, callLeases, blocks,
  staffRoles, elevations, approvalRules,
  intents, intentFeed, intentSources, broadcastPlaces, broadcastPaces,
  connections, credentials, connectionRefs, connectionCalls, connectStates, inbox,
} = tables;
