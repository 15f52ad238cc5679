import type { ShownSubscription } from '#src/subscriptions';
import { Copyable, type Fact, Facts, When } from '#src/ui';
import { connectionPath } from './paths.ts';

export function FactsOf({ subscription, waiting }: { subscription: ShownSubscription; waiting: number }) {
  const { id, event_types: types, cities, proven_at: proven } = subscription;
  const isConnection = subscription.endpoint.type === 'connection';
  return (
    <Facts
      facts={[
        ['Subscription', <Copyable text={id} name="the subscription id" />],
        [isConnection ? 'Goes through' : 'Address', <AddressOf subscription={subscription} />],
        ['Events', types.join(', ')],
        ['Cities', cities.length > 0 ? cities.join(', ') : 'all'],
        ['Waiting', waiting.toLocaleString('en')],
        ['First success', proven ? <When at={proven} /> : 'not yet: until then one event a second is sent'],
        subscription.failing_since ? ['Failing since', <When at={subscription.failing_since} />] : null,
        ['Order', subscription.ordering === 'subject' ? 'kept within each subject' : 'as they come'],
        ['At most', `${subscription.max_per_second} a second`],
        ...(isConnection ? [] : formOf(subscription)),
        ['Made', <When at={subscription.created_at} />],
      ]}
    />
  );
}

/** What a receiver was set up for; a vendor is not told. */
const formOf = (subscription: ShownSubscription): Fact[] => [
  ['Form', subscription.format === 'cloudevents' ? 'CloudEvents 1.0' : 'Standard Webhooks'],
  ['Schema version', subscription.schema_version === null ? 'newest' : String(subscription.schema_version)],
  subscription.public_key
    ? ['Public key', <Copyable text={subscription.public_key} name="the public key" />]
    : ['Signature', 'Standard Webhooks v1 (HMAC)'],
];

export function AddressOf({ subscription: { endpoint } }: { subscription: ShownSubscription }) {
  if (endpoint.type === 'webhook') return <code>{endpoint.url}</code>;
  return <a href={connectionPath(endpoint.connection_id)}>its connection</a>;
}
