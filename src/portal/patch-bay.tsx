import { type Bay, type DrawnCord, layOut, narrow, wide } from './bay-layout.ts';
import type { Cord } from './cords.ts';
import { deliveriesPath, newSubscriptionPath, subscriptionPath, withQuery } from './paths.ts';

/**
 * The patch bay: event types as jacks, destinations, cords between them. For eyes and pointers: whoever reads by ear or
 * by keyboard has the list below it, which says the same and more, so nothing in here takes the focus.
 */
export function PatchBay({ cords }: { cords: readonly Cord[] }) {
  return (
    <div aria-hidden="true">
      <Drawing bay={layOut(cords, wide)} kind="wide" />
      <Drawing bay={layOut(cords, narrow)} kind="narrow" />
    </div>
  );
}

function Drawing({ bay, kind }: { bay: Bay; kind: 'wide' | 'narrow' }) {
  const gap = kind === 'wide' ? 24 : 14;
  return (
    <svg class={`bay ${kind}`} viewBox={`0 0 ${bay.width} ${bay.height}`} focusable="false">
      {bay.cords.toReversed().map((drawn) => (
        <CordPath drawn={drawn} kind={kind} />
      ))}
      {bay.jacks.map(({ x, y, type, total }) => (
        <a class="jack" href={withQuery(newSubscriptionPath, { type })} tabindex={-1}>
          <title>{`Subscribe to ${type}`}</title>
          <Ring x={x} y={y} />
          <text x={x - gap} y={y + (kind === 'wide' ? 5 : -2)} text-anchor="end">
            {cut(type, bay.mostLetters)}
            {kind === 'wide' ? (
              <tspan class="sub" dx="12">
                {total > 0 ? total.toLocaleString('en') : '–'}
              </tspan>
            ) : null}
          </text>
          {kind === 'narrow' ? (
            <text class="sub" x={x - gap} y={y + 16} text-anchor="end">
              {total > 0 ? total.toLocaleString('en') : '–'}
            </text>
          ) : null}
        </a>
      ))}
      {bay.destinations.map(({ x, y, id, name }) => (
        <a class="jack" href={subscriptionPath(id)} tabindex={-1}>
          <title>{name}</title>
          <Ring x={x} y={y} />
          <text x={x + gap} y={y + 5}>
            {cut(name, bay.mostLetters)}
          </text>
        </a>
      ))}
      <a class="jack add" href={newSubscriptionPath} tabindex={-1}>
        <circle class="ring" cx={bay.add.x} cy={bay.add.y} r="9" />
        <text x={bay.add.x + gap} y={bay.add.y + 5}>
          {kind === 'wide' ? 'New subscription' : 'New'}
        </text>
      </a>
    </svg>
  );
}

function CordPath({ drawn, kind }: { drawn: DrawnCord; kind: string }) {
  const { cord, path, weight, from, to, middle } = drawn;
  const { subscription, type, health } = cord;
  return (
    <a
      class={health}
      href={withQuery(deliveriesPath, { subscription: subscription.id })}
      tabindex={-1}
      data-cord={`${kind} ${type} ${subscription.id}`}
      data-count={String(cord.delivered)}
    >
      <title>{`${type}: ${cordWords(cord)}`}</title>
      <path class="hit" d={path} />
      <path class="cord" d={path} stroke-width={weight} />
      {health === 'broken' ? <Cut x={middle.x} y={middle.y} /> : null}
      <circle class="plug" cx={from.x} cy={from.y} r="5" />
      <circle class="plug" cx={to.x} cy={to.y} r="5" />
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

function Ring({ x, y }: { x: number; y: number }) {
  return (
    <>
      <circle class="ring" cx={x} cy={y} r="9" fill-opacity="0" />
    </>
  );
}

const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;

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
