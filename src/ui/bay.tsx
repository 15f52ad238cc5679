import {
  type Bay,
  type BayFacts,
  type DrawnCord,
  layOut,
  narrow,
  type PlacedJack,
  wide,
} from './bay-layout.ts';

/**
 * The patch bay. For eyes and pointers: whoever reads by ear or by keyboard has a list beside it, which says the same
 * and more, so nothing in here takes the focus.
 */
export function PatchBay({ facts }: { facts: BayFacts }) {
  return (
    <div aria-hidden="true">
      <Drawing bay={layOut(facts, wide)} kind="wide" />
      <Drawing bay={layOut(facts, narrow)} kind="narrow" />
    </div>
  );
}

type Kind = 'wide' | 'narrow';

function Drawing({ bay, kind }: { bay: Bay; kind: Kind }) {
  return (
    <svg class={`bay ${kind}`} viewBox={`0 0 ${bay.width} ${bay.height}`} focusable="false">
      {bay.cords.toReversed().map((drawn) => (
        <Cord drawn={drawn} kind={kind} />
      ))}
      {bay.left.map((jack) => (
        <Socket jack={jack} side="left" kind={kind} mostLetters={bay.mostLetters} />
      ))}
      {bay.right.map((jack) => (
        <Socket jack={jack} side="right" kind={kind} mostLetters={bay.mostLetters} />
      ))}
    </svg>
  );
}

type SocketProps = { jack: PlacedJack; side: 'left' | 'right'; kind: Kind; mostLetters: number };

function Socket({ jack, side, kind, mostLetters }: SocketProps) {
  const { x, y, name, note, title, href, isFree = false } = jack;
  const gap = (kind === 'wide' ? 24 : 14) * (side === 'left' ? -1 : 1);
  const anchor = side === 'left' ? 'end' : 'start';
  const [first, second] = kind === 'wide' ? [cut(name, mostLetters), ''] : broken(name, mostLetters);
  // A phone has no room beside the name, but below it.
  const isBelow = second !== '' || (kind === 'narrow' && note !== '');
  return (
    <a class={isFree ? 'jack add' : 'jack'} href={href} tabindex={-1}>
      <title>{title}</title>
      <circle class="ring" cx={x} cy={y} r="9" fill-opacity="0" />
      <text x={x + gap} y={y + (isBelow ? -2 : 5)} text-anchor={anchor}>
        {first}
        {note !== '' && !isBelow ? <Note text={note} after={12} /> : null}
      </text>
      {isBelow ? (
        <text x={x + gap} y={y + 16} text-anchor={anchor}>
          {second}
          {note === '' ? null : <Note text={note} after={second === '' ? 0 : 8} />}
        </text>
      ) : null}
    </a>
  );
}

const Note = ({ text, after }: { text: string; after: number }) => (
  <tspan class="sub" dx={after}>
    {text}
  </tspan>
);

function Cord({ drawn, kind }: { drawn: DrawnCord; kind: Kind }) {
  const { cord, path, weight, from, to, middle } = drawn;
  return (
    <a
      class={cord.health}
      href={cord.href}
      tabindex={-1}
      data-cord={`${kind} ${cord.key}`}
      data-count={String(cord.total)}
    >
      <title>{cord.title}</title>
      <path class="hit" d={path} />
      <path class="cord" d={path} stroke-width={weight} />
      {cord.health === 'broken' ? <Cut x={middle.x} y={middle.y} /> : null}
      <circle class="plug" cx={from.x} cy={from.y} r="5" />
      {cord.to === null ? (
        <path class="tip" d={`M${to.x - 5} ${to.y}h10v8l-3 3v4h-4v-4l-3-3z`} />
      ) : (
        <circle class="plug" cx={to.x} cy={to.y} r="5" />
      )}
    </a>
  );
}

/** A cord that is cut, for whom red is no colour. */
function Cut({ x, y }: { x: number; y: number }) {
  return (
    <>
      <circle class="gap" cx={x} cy={y} r="12" />
      <path class="cut" d={`M${x - 5} ${y - 5}l10 10m0-10l-10 10`} />
    </>
  );
}

const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;

/** A name that is too long for a line goes on in a second one, after its dot or its space. */
function broken(name: string, most: number): [string, string] {
  if (name.length <= most) return [name, ''];
  const at = Math.max(...['.', ' ', '_', '-'].map((mark) => name.lastIndexOf(mark, most - 1)));
  return at > 0
    ? [name.slice(0, at + 1).trimEnd(), cut(name.slice(at + 1), most)]
    : [name.slice(0, most), cut(name.slice(most), most)];
}
