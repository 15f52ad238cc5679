import { scopeNames, scopes } from '#src/catalog';
import { takesReview } from '#src/oauth';
import { Ask, TextArea, TextField, type Wrong, WrongAt } from '#src/ui';

export type FilledReview = {
  outcome: string;
  scopes: readonly string[];
  /** A day. */
  until: string;
  reference: string;
  note: string;
};

const outcomes = [
  ['passed', 'It passed', 'what is ticked below is open to its apps'],
  ['refused', 'It is refused', 'all that takes a review is closed to them'],
] as const;

const reviewable = scopeNames.filter((name) => takesReview(name) && !scopes[name].serviceOnly);

/** What was found, for which scopes, until when, and where it is written down. */
export function RecordReview({ at, filled, wrong }: { at: string; filled: FilledReview; wrong: Wrong }) {
  return (
    <Ask action={at} label="Put a review on record">
      <fieldset id="outcome" tabindex={-1}>
        <legend>What came of it?</legend>
        <WrongAt name="outcome" wrong={wrong} />
        {outcomes.map(([value, name, about]) => (
          <label class="pick">
            <input type="radio" name="outcome" value={value} checked={filled.outcome === value} required />
            <span>
              <b>{name}</b> <span class="dim">{about}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset id="scopes" tabindex={-1}>
        <legend>What does it cover?</legend>
        <WrongAt name="scopes" wrong={wrong} />
        {reviewable.map((name) => (
          <label class="pick">
            <input type="checkbox" name="scopes" value={name} checked={filled.scopes.includes(name)} />
            <span>
              <b>{name}</b> {scopes[name].writing ? <span class="dim">· writes</span> : null}
              <br />
              <span class="dim">{scopes[name].description}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <TextField
        name="until"
        label="Until when does it count?"
        type="date"
        value={filled.until}
        hint="To the end of that day, UTC. Empty: it has no end."
        wrong={wrong}
        isOptional
      />
      <TextField
        name="reference"
        label="Where is it written down?"
        value={filled.reference}
        placeholder="DPA-2027-014"
        wrong={wrong}
        isOptional
      />
      <TextArea
        name="note"
        label="What was looked at?"
        value={filled.note}
        rows={3}
        hint="For staff alone. No personal data."
        wrong={wrong}
      />
      <p>
        <button class="primary">Put it on record</button>
      </p>
    </Ask>
  );
}
