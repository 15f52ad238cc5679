import { Select, TextArea, TextField, type Wrong } from '#src/ui';
import type { Child } from 'hono/jsx';
import { EventPicker } from './event-picker.tsx';
import { isOffered } from './families.ts';
import type { Wish } from './subscription-form.ts';

type Props = {
  wish: Wish;
  wrong: Wrong;
  /** What its address means. */
  addressHint: Child;
  /** Chosen where it is made, and never again. */
  signature: Child;
};

/** What a subscription to an address is made of. */
export function WishFields({ wish, wrong, addressHint, signature }: Props) {
  return (
    <div class="stack-l">
      <div class="stack">
        <TextField
          name="url"
          label="Address"
          type="url"
          value={wish.url}
          placeholder="https://example.com/patchbay"
          hint={addressHint}
          wrong={wrong}
          mono
        />
        <TextField
          name="description"
          label="Name"
          value={wish.description}
          placeholder="Studio calendar"
          wrong={wrong}
          isOptional
        />
      </div>
      <div class="stack">
        <EventPicker chosen={wish.types} wrong={wrong} />
        <Patterns patterns={wish.types.filter((type) => !isOffered(type))} />
      </div>
      <details class="fold" {...(isRefined(wish, wrong) ? { open: true } : {})}>
        <summary>
          Narrow it down, and how it is sent <span class="dim">cities, filter, order, form</span>
        </summary>
        <Refinements wish={wish} wrong={wrong} signature={signature} />
      </details>
    </div>
  );
}

/** Such as `*`: a program may ask for what the list has no box for, and saving must not lose it. */
function Patterns({ patterns }: { patterns: string[] }) {
  if (patterns.length === 0) return null;
  return (
    <fieldset>
      <legend>By a pattern</legend>
      {patterns.map((pattern) => (
        <label class="pick">
          <input type="checkbox" name="types" value={pattern} checked />
          <span>
            <b>{pattern}</b>
            <br />
            <span class="dim">As a program has asked for it.</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

const refining = [
  'cities',
  'filter',
  'schema_version',
  'ordering',
  'format',
  'signature',
  'max_per_second',
] as const;

const isRefined = (wish: Wish, wrong: Wrong): boolean =>
  wish.cities !== '' ||
  wish.filter !== '' ||
  wish.schemaVersion !== '' ||
  wish.ordering !== 'none' ||
  wish.format !== 'standard' ||
  refining.some((name) => wrong.has(name));

function Refinements({ wish, wrong, signature }: Omit<Props, 'addressHint'>) {
  return (
    <div class="stack">
      <TextField
        name="cities"
        label="Cities"
        value={wish.cities}
        placeholder="houston, austin"
        hint="Leave it empty for all."
        wrong={wrong}
        isOptional
      />
      <TextArea
        name="filter"
        label="Filter"
        value={wish.filter}
        hint={
          <>
            JSON, for example <code>{'{"data.party_size": {"$gte": 4}}'}</code>
          </>
        }
        wrong={wrong}
        isOptional
      />
      <div class="pair">
        <Select
          name="ordering"
          label="Order"
          value={wish.ordering}
          choices={[
            ['none', 'As they come'],
            ['subject', 'Kept within each subject'],
          ]}
          wrong={wrong}
        />
        <Select
          name="format"
          label="Form"
          value={wish.format}
          choices={[
            ['standard', 'Standard Webhooks'],
            ['cloudevents', 'CloudEvents 1.0'],
          ]}
          wrong={wrong}
        />
        <TextField
          name="max_per_second"
          label="Events a second, at most"
          value={wish.maxPerSecond}
          placeholder="50"
          wrong={wrong}
          isOptional
        />
        <TextField
          name="schema_version"
          label="Schema version"
          value={wish.schemaVersion}
          placeholder="newest"
          wrong={wrong}
          isOptional
        />
        {signature}
      </div>
    </div>
  );
}
