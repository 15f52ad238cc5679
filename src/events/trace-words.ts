import type { Reader } from '#src/access';
import { deliveredVersion, eventTypes, visibleFields } from '#src/catalog';
import type { Candidate } from '#src/ports';
import { compileFilter, filterFields, type Mismatch } from '#src/subscriptions';
import type { EventViews } from '#src/view';

/** Why an event was not for a subscription. Quotes only what the reader's own scopes reveal. */
export function mismatchWords(
  why: Mismatch,
  views: EventViews,
  candidate: Candidate,
  reader: Reader,
): string {
  switch (why.code) {
    case 'before_subscription':
      return 'the event was accepted before this subscription was made or approved; a replay can bring it.';
    case 'before_consent':
      return 'the event came before the consent, which did not include history.';
    case 'audience':
      return 'the event is not for this account, or is a test of another subscription.';
    case 'type':
      return `the subscription does not ask for ${views.event.type}.`;
    case 'scope':
      return reader.grantScopes.has(why.scope)
        ? `the token that made this subscription lacked ${why.scope}.`
        : `your grant lacks ${why.scope}.`;
    case 'city':
      return cityWords(why.city, candidate, mayQuote(views, reader));
    case 'filter':
      return filterWords(views, candidate, reader);
    case 'revoked':
      return 'the access that the subscription was made under is revoked.';
    case 'account_ended':
      return `the account is ${why.status}.`;
    case 'pending_approval':
      return 'the subscription waits for approval by the marketplace; until then nothing is sent.';
    case 'approval_refused':
      return 'the marketplace refused to approve the subscription; changing it asks again.';
    default:
      return why satisfies never;
  }
}

const mayQuote = ({ event }: EventViews, { scopes }: Reader): boolean =>
  scopes.has(eventTypes.get(event.type)?.scope ?? '');

function cityWords(city: string | null, { cities }: Candidate, isQuotable: boolean): string {
  const wanted = `the subscription wants ${[...(cities ?? [])].slice(0, 10).join(' or ')}`;
  if (!isQuotable) return `${wanted}, the event is of another city or of none.`;
  return city === null ? `${wanted}, the event has no city.` : `${wanted}, the event is of ${city}.`;
}

/**
 * The filter sees what the subscription's scopes reveal; the reader's token may have fewer. Where the filter looks at a
 * field that the reader may not see, no value is quoted, and not even whether it is there.
 */
function filterWords(views: EventViews, candidate: Candidate, reader: Reader): string {
  const { subscription, types, scopes } = candidate;
  const version = subscription.schemaVersion;
  const filter = compileFilter(subscription.filter, filterFields(types, version, null));
  const both = new Set([...scopes].filter((scope) => reader.scopes.has(scope)));
  const { type, schemaVersion } = views.event;
  const at = deliveredVersion(schemaVersion, version ?? undefined);
  const its = visibleFields(type, at, scopes);
  const ours = visibleFields(type, at, both);
  const isQuotable = filter.fields.every((path) => {
    const field = path.replace(/^data\./, '');
    return field === path ? mayQuote(views, reader) : !its.has(field) || ours.has(field);
  });
  const view = isQuotable
    ? views.filterView({ scopes: both, viewKey: [...both].sort().join(' '), version })
    : null;
  if (view) return `the filter does not fit: ${filter.explain(view)}.`;
  return `the filter (${filter.words}) does not fit; this token may not see what it looks at.`;
}
