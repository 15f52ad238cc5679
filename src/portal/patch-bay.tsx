import { type BayCord, type BayFacts, type Jack, PatchBay as Drawing } from '#src/ui';
import { type Cord, nameOf } from './cords.ts';
import { deliveriesPath, newSubscriptionPath, subscriptionPath, withQuery } from './paths.ts';

/** Event types on the left, destinations on the right; a jack leads to a new subscription, a cord to its deliveries. */
export const PatchBay = ({ cords }: { cords: readonly Cord[] }) => <Drawing facts={bayOf(cords)} />;

/** More than these make a picture nobody reads; the list has more. */
export const mostDestinations = 11;

function bayOf(cords: readonly Cord[]): BayFacts {
  const types = [...new Set(cords.map(({ type }) => type))];
  const destinations = new Map(cords.map(({ subscription }) => [subscription.id, subscription]));
  const right = [...destinations.values()].slice(0, mostDestinations).map((subscription): Jack => {
    const name = nameOf(subscription);
    return { id: subscription.id, name, note: '', title: name, href: subscriptionPath(subscription.id) };
  });
  return {
    left: types.map((type) => typeJack(type, cords)),
    right: [...right, addJack],
    cords: cords.map(bayCord),
  };
}

function typeJack(type: string, cords: readonly Cord[]): Jack {
  const total = cords.reduce((sum, cord) => sum + (cord.type === type ? cord.total : 0), 0);
  return {
    id: type,
    name: type,
    note: total > 0 ? total.toLocaleString('en') : '–',
    title: `Subscribe to ${type}`,
    href: withQuery(newSubscriptionPath, { type }),
  };
}

const addJack: Jack = {
  id: 'new',
  name: 'New subscription',
  note: '',
  title: 'New subscription',
  href: newSubscriptionPath,
  isFree: true,
};

const bayCord = (cord: Cord): BayCord => ({
  key: `${cord.type} ${cord.subscription.id}`,
  from: cord.type,
  to: cord.subscription.id,
  health: cord.health,
  total: cord.total,
  title: `${cord.type}: ${cordWords(cord)}`,
  href: withQuery(deliveriesPath, { subscription: cord.subscription.id }),
});

/** `412 delivered, 3 held`. */
export function cordWords({ delivered, waiting, held, dead, isMore, health }: Cord): string {
  const parts = [
    delivered > 0 ? `${delivered.toLocaleString('en')}${isMore ? '+' : ''} delivered` : '',
    waiting > 0 ? `${waiting.toLocaleString('en')} on their way` : '',
    held > 0 ? `${held.toLocaleString('en')} held` : '',
    dead > 0 ? `${dead.toLocaleString('en')} dead` : '',
  ].filter(Boolean);
  if (parts.length > 0) return parts.join(', ');
  return health === 'quiet' ? 'nothing in 24 hours' : 'nothing passes';
}
