import { expandTypes } from '#src/catalog';
import type { Candidate, CandidateRow } from '#src/ports';
import { filterFields } from './fields.ts';
import { compileFilter } from './filter.ts';

/** A row as matching wants it. What was accepted when it was made compiles here without asking the scopes again. */
export function compileCandidate({ accountStatus, grant, subscription }: CandidateRow): Candidate {
  const types = new Set(expandTypes(subscription.eventTypes));
  const scopes = new Set(grant.scopes.filter((scope) => subscription.scopes.includes(scope)));
  const hasFilter = subscription.filter !== null && subscription.filter !== undefined;
  return {
    accountStatus,
    grant: {
      id: grant.id,
      accountId: grant.accountId,
      epochs: grant.epochs,
      sinceEvent: grant.sinceEvent,
      history: grant.history,
    },
    subscription,
    scopes,
    viewKey: [...scopes].sort().join(' '),
    types,
    cities: subscription.cities.length > 0 ? new Set(subscription.cities) : null,
    matchesFilter: hasFilter
      ? compileFilter(subscription.filter, filterFields(types, subscription.schemaVersion, null)).matches
      : null,
  };
}
