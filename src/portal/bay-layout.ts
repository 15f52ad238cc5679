import { type Cord, nameOf } from './cords.ts';

/** Where everything of the picture is: pure, in the units of its view box. */
export type Bay = {
  width: number;
  height: number;
  jacks: Jack[];
  destinations: Destination[];
  cords: DrawnCord[];
  add: Point;
  /** Labels longer than this are cut. */
  mostLetters: number;
  hidden: number;
};
export type Point = { x: number; y: number };
export type Jack = Point & { type: string; total: number };
export type Destination = Point & { id: string; name: string };
export type DrawnCord = { cord: Cord; from: Point; to: Point; middle: Point; path: string; weight: number };
export type Shape = {
  width: number;
  left: number;
  right: number;
  step: number;
  sag: number;
  mostLetters: number;
};

export const wide: Shape = { width: 1104, left: 256, right: 816, step: 48, sag: 36, mostLetters: 30 };
export const narrow: Shape = { width: 358, left: 144, right: 220, step: 48, sag: 12, mostLetters: 15 };

/** More than these make a picture nobody reads; all of them stand in the list. */
const mostJacks = 12;
const mostDestinations = 12;
const top = 32;

export function layOut(cords: readonly Cord[], shape: Shape): Bay {
  const { width, left, right, step, mostLetters } = shape;
  const destinations = placed(
    unique(cords, ({ subscription }) => subscription.id).slice(0, mostDestinations),
    right,
    step,
  );
  const types = unique(cords, ({ type }) => type).slice(0, mostJacks);
  const jacks = placed(types, left, step);
  const shown = cords.filter(
    ({ type, subscription }) => jacks.has(type) && destinations.has(subscription.id),
  );
  const rows = Math.max(jacks.size, destinations.size + 1);
  return {
    width,
    height: top * 2 + (rows - 1) * step,
    mostLetters,
    jacks: types.map((type) => ({
      ...at(jacks, type),
      type,
      total: cords.reduce((sum, cord) => sum + (cord.type === type ? cord.total : 0), 0),
    })),
    destinations: [...destinations].map(([id, point]) => ({ ...point, id, name: nameIn(cords, id) })),
    cords: shown.map((cord) =>
      drawn(cord, at(jacks, cord.type), at(destinations, cord.subscription.id), shape),
    ),
    add: { x: right, y: top + destinations.size * step },
    hidden: cords.length - shown.length,
  };
}

const unique = (cords: readonly Cord[], key: (cord: Cord) => string): string[] => [
  ...new Set(cords.map(key)),
];

const placed = (keys: readonly string[], x: number, step: number): Map<string, Point> =>
  new Map(keys.map((key, row) => [key, { x, y: top + row * step }]));

const at = (points: ReadonlyMap<string, Point>, key: string): Point => points.get(key) ?? { x: 0, y: 0 };

function nameIn(cords: readonly Cord[], id: string): string {
  const cord = cords.find(({ subscription }) => subscription.id === id);
  return cord ? nameOf(cord.subscription) : id;
}

/** It hangs a little, as cords do. */
function drawn(cord: Cord, from: Point, to: Point, { sag }: Shape): DrawnCord {
  const reach = (to.x - from.x) / 2;
  const [a, b] = [
    { x: from.x + reach, y: from.y + sag },
    { x: to.x - reach, y: to.y + sag },
  ];
  return {
    cord,
    from,
    to,
    middle: { x: (from.x + 3 * a.x + 3 * b.x + to.x) / 8, y: (from.y + 3 * a.y + 3 * b.y + to.y) / 8 },
    path: `M${from.x} ${from.y}C${a.x} ${a.y} ${b.x} ${b.y} ${to.x} ${to.y}`,
    weight: weightOf(cord.total),
  };
}

/** From 2 to 10: each tenfold adds as much, so that a busy cord does not hide a quiet one. */
export const weightOf = (total: number): number =>
  Math.round(20 + Math.min(4, Math.log10(total + 1)) * 20) / 10;
