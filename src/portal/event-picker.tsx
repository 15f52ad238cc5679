import type { Wrong } from '#src/ui';
import { type Family, families, familiesAmong } from './families.ts';
import { typePath } from './paths.ts';

type Props = {
  chosen: readonly string[];
  wrong: Wrong;
  /** Patterns; absent: all that there is. */
  among?: readonly string[];
};

/** Every kind of event that may be asked for, by what it is about; a whole family by its wildcard. */
export function EventPicker({ chosen, wrong, among }: Props) {
  const detail = wrong.get('types');
  const offered = among === undefined ? families() : familiesAmong(among);
  const isLong = offered.reduce((n, { types }) => n + types.length, 0) > 8;
  return (
    <section class="stack" aria-labelledby="types-title">
      <div class="row apart">
        <h2 id="types-title">Events</h2>
        {isLong ? (
          <div hidden>
            <label class="vh" for="narrow">
              Find an event
            </label>
            <input id="narrow" type="search" data-narrows="types" data-search placeholder="Find an event" />
          </div>
        ) : null}
      </div>
      {detail ? <p class="wrong">{detail}</p> : null}
      <div id="types" class="streams" tabindex={-1}>
        {offered.map((family) => (
          <FamilyPicks family={family} chosen={chosen} />
        ))}
      </div>
    </section>
  );
}

function FamilyPicks({ family, chosen }: { family: Family; chosen: readonly string[] }) {
  const { title, types, wildcard } = family;
  return (
    <fieldset>
      <legend>{title}</legend>
      {wildcard === null ? null : (
        <Pick type={wildcard} isChosen={chosen.includes(wildcard)}>
          All of them, and those that come to be.
        </Pick>
      )}
      {types.map(({ type, description, defaultOn }) => (
        <Pick type={type} isChosen={chosen.includes(type)} hasSample>
          {description}
          {defaultOn ? '' : ' A wildcard leaves it out: it has to be chosen here.'}
        </Pick>
      ))}
    </fieldset>
  );
}

type PickProps = { type: string; isChosen: boolean; hasSample?: boolean };

function Pick({ type, isChosen, hasSample = false, children }: PickProps & { children: string | string[] }) {
  const words = Array.isArray(children) ? children.join('') : children;
  return (
    <div data-find={`${type} ${words}`.toLowerCase()}>
      <label class="pick">
        <input type="checkbox" name="types" value={type} checked={isChosen} />
        <span>
          <b>{type}</b>
          <br />
          <span class="dim">{words}</span>{' '}
          {hasSample ? (
            <a href={typePath(type)} target="_blank" rel="noopener">
              Sample<span class="vh"> of {type}, in a new tab</span>
            </a>
          ) : null}
        </span>
      </label>
    </div>
  );
}
