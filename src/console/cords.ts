import { type BayCord, type BayFacts, counted, type Health, type Jack, withQuery } from '#src/ui';
import type { Day, PlaceCount } from './day.ts';
import { searchPath, subjectPath } from './paths.ts';

/** A partner's day at one place, or, unplugged, that nothing of it goes anywhere. */
export type PartnerCord = {
  partner: { id: string | null; name: string };
  /** Null: suspended. */
  place: string | null;
  health: Health;
  delivered: number;
  waiting: number;
  retrying: number;
  held: number;
  dead: number;
  total: number;
};

/** The unplugged and the broken first, then the held, then by volume: what needs somebody stands on top. */
export function cordsOf(
  { counts, names }: Day,
  suspended: readonly { id: string; name: string }[],
): PartnerCord[] {
  const unplugged = suspended.map((partner): PartnerCord => ({
    partner,
    place: null,
    health: 'unplugged',
    ...summed([]),
  }));
  const isOut = new Set<string | null>(suspended.map(({ id }) => id));
  const pairs = Map.groupBy(
    counts.filter(({ partner }) => !isOut.has(partner)),
    ({ partner, place }) => JSON.stringify([partner, place]),
  );
  const plugged = [...pairs.values()].flatMap((own) => {
    const [first] = own;
    if (!first) return [];
    const { partner: id, place } = first;
    const sums = summed(own);
    const name = id === null ? 'Accounts themselves' : (names.get(id) ?? id);
    return [{ partner: { id, name }, place, health: healthOf(sums), ...sums }];
  });
  return [...unplugged, ...plugged].sort((a, b) => order[a.health] - order[b.health] || b.total - a.total);
}

/** So many are under way at a healthy place, too: a window. */
const mostAtOnce = 16;

const order: Record<Health, number> = { unplugged: 0, broken: 1, held: 2, flowing: 3, quiet: 4 };

type Sums = Pick<PartnerCord, 'delivered' | 'waiting' | 'retrying' | 'held' | 'dead' | 'total'>;

function summed(own: readonly PlaceCount[]): Sums {
  const of = (...states: PlaceCount['state'][]) =>
    own.reduce((sum, { state, n }) => (states.includes(state) ? sum + n : sum), 0);
  return {
    delivered: of('delivered'),
    waiting: of('pending', 'leased'),
    retrying: of('retrying'),
    held: of('held'),
    dead: of('dead'),
    total: own.reduce((sum, { n }) => sum + n, 0),
  };
}

/** What waits while less than that gets through is a jam, whether its endpoint has failed yet or only hangs. */
function healthOf({ delivered, waiting, retrying, held, dead, total }: Sums): Health {
  if (dead + retrying > 0 && delivered === 0) return 'broken';
  if (held > 0 || waiting + retrying > Math.max(delivered, mostAtOnce)) return 'held';
  return total === 0 ? 'quiet' : 'flowing';
}

/** The cords as the patch bay draws them: partners on the left, places on the right. */
export function bayOf(cords: readonly PartnerCord[], by: 'city' | 'host'): BayFacts {
  const partners = unique(
    cords.map(({ partner }) => partner),
    ({ id }) => keyOf(id),
  );
  const places = unique(
    cords.flatMap(({ place }) => place ?? []),
    (place) => place,
  );
  const totalOf = (isOwn: (cord: PartnerCord) => boolean) =>
    cords.reduce((sum, cord) => (isOwn(cord) ? sum + cord.total : sum), 0).toLocaleString('en');
  return {
    left: partners.map(({ id, name }): Jack => {
      const isOut = cords.some((cord) => cord.partner.id === id && cord.place === null);
      return {
        id: keyOf(id),
        name,
        note: isOut ? 'suspended' : totalOf((cord) => cord.partner.id === id),
        title: name,
        href: partnerHref(id),
      };
    }),
    right: places.map((place) => ({
      id: place,
      name: place,
      note: '',
      title: `${place}: ${totalOf((cord) => cord.place === place)} deliveries`,
      href: by === 'host' ? withQuery(searchPath, { q: place }) : searchPath,
    })),
    cords: cords.map((cord): BayCord => ({
      key: `${keyOf(cord.partner.id)} ${cord.place ?? ''}`,
      from: keyOf(cord.partner.id),
      to: cord.place,
      health: cord.health,
      total: cord.total,
      title: `${cord.partner.name}${cord.place ? ` to ${cord.place}` : ''}: ${cordWords(cord)}`,
      href: partnerHref(cord.partner.id),
    })),
  };
}

const keyOf = (id: string | null): string => id ?? 'own';

/** Accounts' own automation has no page of its own. */
export const partnerHref = (id: string | null): string =>
  id === null ? searchPath : subjectPath('partner', id);

function unique<One>(list: readonly One[], key: (one: One) => string): One[] {
  return [...new Map(list.map((one) => [key(one), one])).values()];
}

/** `412 delivered, 3 held`. */
export function cordWords({ delivered, waiting, retrying, held, dead, health }: PartnerCord): string {
  if (health === 'unplugged') return 'suspended: nothing leaves, nothing comes in';
  const parts = [
    delivered > 0 ? `${delivered.toLocaleString('en')} delivered` : '',
    waiting > 0 ? `${waiting.toLocaleString('en')} on their way` : '',
    retrying > 0 ? `${retrying.toLocaleString('en')} failed, tried again` : '',
    held > 0 ? `${held.toLocaleString('en')} held` : '',
    dead > 0 ? counted(dead, 'dead', 'dead') : '',
  ].filter(Boolean);
  return parts.join(', ') || 'nothing passes';
}
