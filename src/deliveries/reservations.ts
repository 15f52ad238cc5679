/** Places in lanes that were promised to deliveries still being written. */
export type Reservations = {
  of(subscriptionId: string): number;
  total(): number;
  take(subscriptionId: string): void;
  /** Giving back more than was taken gives back what was taken. */
  give(subscriptionId: string, count: number): void;
};

export function createReservations(): Reservations {
  const held = new Map<string, number>();
  const sum = { total: 0 };
  const of = (id: string): number => held.get(id) ?? 0;
  return {
    of,
    total: () => sum.total,
    take: (id) => {
      held.set(id, of(id) + 1);
      sum.total++;
    },
    give: (id, count) => {
      const given = Math.min(of(id), count);
      sum.total -= given;
      if (of(id) > given) held.set(id, of(id) - given);
      else held.delete(id);
    },
  };
}
