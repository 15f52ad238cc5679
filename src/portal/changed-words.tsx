import type { SubscriptionRow } from '#src/subscriptions';
import { Note } from '#src/ui';
import { type Wish, wishOfRow } from './subscription-form.ts';

type Part = [label: string, say: (wish: Wish) => string, field: string];

/** What can be changed, by its name in the API: what it is called here, what it says, and its field. */
const parts: Record<string, Part> = {
  endpoint: ['Address', ({ url }) => url, 'url'],
  description: ['Name', ({ description }) => description || 'none', 'description'],
  event_types: ['Events', ({ types }) => types.join(', '), 'types'],
  cities: ['Cities', ({ cities }) => cities || 'all', 'cities'],
  filter: ['Filter', ({ filter }) => filter || 'none', 'filter'],
  schema_version: ['Schema version', ({ schemaVersion }) => schemaVersion || 'newest', 'schema_version'],
  ordering: [
    'Order',
    ({ ordering }) => (ordering === 'subject' ? 'kept within each subject' : 'as they come'),
    'ordering',
  ],
  format: [
    'Form',
    ({ format }) => (format === 'cloudevents' ? 'CloudEvents 1.0' : 'Standard Webhooks'),
    'format',
  ],
  max_per_second: ['Events a second, at most', ({ maxPerSecond }) => maxPerSecond, 'max_per_second'],
};

/** In one order, whatever it was asked in. What an address names that is no part is not repeated. */
const partsOf = (names: readonly string[]) =>
  Object.entries(parts).flatMap(([name, part]) => (names.includes(name) ? [part] : []));

/** Said once, after it was saved. */
export function ChangedNote({ names, isActive }: { names: readonly string[]; isActive: boolean }) {
  const labels = partsOf(names).map(([label]) => label.toLowerCase());
  if (labels.length === 0) return null;
  return (
    <Note tone="good" title={`Changed: ${labels.join(', ')}`}>
      <p>
        It holds for what is sent from now on.
        {names.includes('endpoint')
          ? ' The new address gets one event a second until it has taken one; the secret is the same.'
          : ''}
        {isActive ? ' Send it a test event to see that it arrives.' : ''}
      </p>
    </Note>
  );
}

/**
 * Where a form says something else than what somebody has saved meanwhile: what it says now, by the name of the field;
 * under none, what to do.
 */
export function saysNow(now: SubscriptionRow, names: readonly string[]): Map<string, string> {
  const wish = wishOfRow(now);
  return new Map([
    ['', 'What you filled in is kept below. Save it again, and it takes the place of what is there now.'],
    ...partsOf(names).map(([label, say, field]): [string, string] => [field, `${label} now: ${say(wish)}`]),
  ]);
}
