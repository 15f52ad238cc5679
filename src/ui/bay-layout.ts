/** How a cord is: nothing passes, it flows, some of it waits, it does not arrive, or somebody has pulled it. */
export type Health = 'flowing' | 'held' | 'broken' | 'quiet' | 'unplugged';

/** A socket on one side of the bay. `note` stands beside its name; a free one waits for a cord. */
export type Jack = {
  id: string;
  name: string;
  note: string;
  title: string;
  href: string;
  isFree?: boolean;
};
/** `to` null: an unplugged cord, which hangs loose from its jack. `key` is the same from picture to picture. */
export type BayCord = {
  key: string;
  from: string;
  to: string | null;
  health: Health;
  total: number;
  title: string;
  href: string;
};
export type BayFacts = { left: readonly Jack[]; right: readonly Jack[]; cords: readonly BayCord[] };

export type Point = { x: number; y: number };
export type PlacedJack = Jack & Point;
export type DrawnCord = {
  cord: BayCord;
  from: Point;
  to: Point;
  middle: Point;
  path: string;
  weight: number;
};

/** Where everything of the picture is: pure, in the units of its view box. */
export type Bay = {
  width: number;
  height: number;
  left: PlacedJack[];
  right: PlacedJack[];
  cords: DrawnCord[];
  /** Labels longer than this are cut. */
  mostLetters: number;
};
export type Shape = { width: number; left: number; right: number; sag: number; mostLetters: number };

export const wide: Shape = { width: 1104, left: 256, right: 816, sag: 36, mostLetters: 30 };
export const narrow: Shape = { width: 358, left: 144, right: 220, sag: 12, mostLetters: 15 };

/** More than these make a picture nobody reads; all of them stand in the list. */
export const mostJacks = 12;
const top = 32;
const step = 48;

export function layOut({ left, right, cords }: BayFacts, shape: Shape): Bay {
  const placedLeft = placed(left, shape.left);
  const placedRight = placed(right, shape.right);
  const rows = Math.max(placedLeft.length, placedRight.length, 1);
  return {
    width: shape.width,
    height: top * 2 + (rows - 1) * step,
    mostLetters: shape.mostLetters,
    left: placedLeft,
    right: placedRight,
    cords: cords.flatMap((cord) => {
      const from = placedLeft.find(({ id }) => id === cord.from);
      if (!from) return [];
      if (cord.to === null) return [hanging(cord, from, shape)];
      const to = placedRight.find(({ id }) => id === cord.to);
      return to ? [drawn(cord, from, to, shape)] : [];
    }),
  };
}

const placed = (jacks: readonly Jack[], x: number): PlacedJack[] =>
  jacks.slice(0, mostJacks).map((jack, row) => ({ ...jack, x, y: top + row * step }));

/** It hangs a little, as cords do. */
function drawn(cord: BayCord, from: Point, to: Point, { sag }: Shape): DrawnCord {
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

function hanging(cord: BayCord, from: Point, { sag }: Shape): DrawnCord {
  const to = { x: from.x + sag + 16, y: from.y + 28 };
  return {
    cord,
    from,
    to,
    middle: to,
    path: `M${from.x} ${from.y}C${from.x + sag} ${from.y} ${to.x} ${from.y} ${to.x} ${to.y}`,
    weight: 3,
  };
}

/** From 2 to 10: each tenfold adds as much, so that a busy cord does not hide a quiet one. */
const weightOf = (total: number): number => Math.round(20 + Math.min(4, Math.log10(total + 1)) * 20) / 10;
