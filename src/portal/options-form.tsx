import { type AboutField, listChoices } from '#src/connections';
import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { type Choice, type Form, Select, TextField, type Wrong } from '#src/ui';

/** What a person has chosen so far, as the connector's `options` would have it. */
export type Options = Record<string, unknown>;
/** By field: what the vendor has to choose from; null where it could not be asked. */
export type VendorChoices = ReadonlyMap<string, readonly Choice[] | null>;

/** The name of a field in the page's form; the parts of it are beside it. */
export const fieldOf = (name: string): string => `option-${name}`;
const typedOf = (name: string): string => `${fieldOf(name)}-typed`;
const leftOf = (name: string): string => `${fieldOf(name)}-left`;
const rightOf = (name: string): string => `${fieldOf(name)}-right`;

export const initialOptions = (fields: readonly AboutField[]): Options =>
  Object.fromEntries(fields.map(({ name, initial }) => [name, initial]));

export function optionsOf(fields: readonly AboutField[], form: Form): Options {
  return Object.fromEntries(
    fields.flatMap((field): [string, unknown][] => {
      const value = valueOf(field, form);
      return value === undefined ? [] : [[field.name, value]];
    }),
  );
}

function valueOf({ name, type }: AboutField, form: Form): unknown {
  switch (type) {
    case 'switch':
      return form.one(fieldOf(name)) === 'on';
    case 'map': {
      const right = form.many(rightOf(name));
      const pairs = form.many(leftOf(name)).map((left, i) => [left.trim(), right[i]?.trim() ?? '']);
      return Object.fromEntries(pairs.filter(([left, to]) => left !== '' && to !== ''));
    }
    case 'vendor-choice':
      return form.one(typedOf(name)) || form.one(fieldOf(name)) || undefined;
    default:
      return form.one(fieldOf(name)) || undefined;
  }
}

/** Each list is asked for at once; a vendor that cannot be asked leaves a field to type into. */
export async function readVendorChoices(
  ctx: Ctx,
  connection: string,
  fields: readonly AboutField[],
): Promise<VendorChoices> {
  const asked = fields.filter(({ type }) => type === 'vendor-choice' || type === 'map');
  return new Map(
    await Promise.all(
      asked.map(async ({ name }): Promise<[string, readonly Choice[] | null]> => {
        const choices = await listChoices(ctx, connection, name).catch((error: unknown) => {
          if (error instanceof PatchbayError && error.status !== 500) return null;
          throw error;
        });
        return [name, choices?.map(({ id, label }): Choice => [id, label]) ?? null];
      }),
    ),
  );
}

type Props = {
  fields: readonly AboutField[];
  options: Options;
  /** Those that the connection's tier does not go without. */
  needs: readonly string[];
  choices: VendorChoices;
  wrong: Wrong;
};

/** The connector's own form: what it needs to be told, in the vendor's words. */
export function OptionFields({ fields, options, needs, choices, wrong }: Props) {
  return (
    <>
      {fields.map((field) => (
        <OptionField
          field={needs.includes(field.name) ? { ...field, help: 'It has to be chosen.' } : field}
          value={options[field.name]}
          isNeeded={needs.includes(field.name)}
          choices={choices}
          wrong={wrong}
        />
      ))}
    </>
  );
}

type FieldProps = {
  field: AboutField;
  value: unknown;
  isNeeded: boolean;
  choices: VendorChoices;
  wrong: Wrong;
};

function OptionField({ field, value, isNeeded, choices, wrong }: FieldProps) {
  const shared = { name: fieldOf(field.name), label: field.label, hint: field.help ?? '', wrong };
  const text = typeof value === 'string' ? value : '';
  switch (field.type) {
    case 'switch':
      return (
        <div class="field">
          <label class="pick">
            <input id={shared.name} type="checkbox" name={shared.name} value="on" checked={value === true} />
            <span>
              <b>{field.label}</b>
              {field.help ? (
                <>
                  <br />
                  <span class="dim">{field.help}</span>
                </>
              ) : null}
            </span>
          </label>
          {wrong.has(shared.name) ? <p class="wrong">{wrong.get(shared.name)}</p> : null}
        </div>
      );
    case 'choice':
      return (
        <Select
          {...shared}
          value={text}
          choices={field.choices.map(({ id, label }): Choice => [id, label])}
        />
      );
    case 'vendor-choice':
      return (
        <VendorChoice
          field={field}
          value={text}
          isNeeded={isNeeded}
          listed={choices.get(field.name) ?? null}
          wrong={wrong}
        />
      );
    case 'map':
      return <Mapping field={field} value={value} listed={choices.get(field.name) ?? null} wrong={wrong} />;
    case 'text':
      return (
        <TextField
          {...shared}
          value={text}
          isOptional
          {...(field.placeholder ? { placeholder: field.placeholder } : {})}
        />
      );
  }
}

type Listed = { field: AboutField; listed: readonly Choice[] | null; wrong: Wrong };

type ChoiceProps = Listed & { value: string; isNeeded: boolean };

function VendorChoice({ field, value, isNeeded, listed, wrong }: ChoiceProps) {
  const shared = { name: fieldOf(field.name), label: field.label, wrong };
  if (listed === null)
    return (
      <TextField
        {...shared}
        value={value}
        hint={`${field.help ?? ''} The list could not be fetched now: ${isNeeded ? '' : 'leave it empty, or '}type the id.`.trim()}
        isOptional={!isNeeded}
        mono
      />
    );
  const isListed = value === '' || listed.some(([id]) => id === value);
  return (
    <div>
      <Select
        {...shared}
        value={isListed ? value : ''}
        hint={field.help ?? ''}
        choices={[['', isNeeded ? 'Choose one' : 'Nothing chosen'], ...listed]}
      />
      <details class="fold aside" {...(isListed ? {} : { open: true })}>
        <summary>
          Not in the list?<span class="vh"> ({field.label})</span>
        </summary>
        <TextField
          name={typedOf(field.name)}
          label={`Id of another: ${field.label.toLowerCase()}`}
          value={isListed ? '' : value}
          wrong={wrong}
          isOptional
          mono
        />
      </details>
    </div>
  );
}

/** Rows that stand empty, for one more. */
const spareRows = 2;

function Mapping({ field, value, listed, wrong }: Listed & { value: unknown }) {
  if (field.type !== 'map') return null;
  const pairs: [string, string][] = Object.entries(Object(value) as Record<string, string>);
  const rows = [...pairs, ...Array.from({ length: spareRows }, (): [string, string] => ['', ''])];
  const right = field.from.map(({ id, label }): Choice => [id, label]);
  const id = fieldOf(field.name);
  return (
    <fieldset id={id} tabindex={-1} class="stack">
      <legend>{field.label}</legend>
      {field.help ? <p class="hint">{field.help}</p> : null}
      {wrong.has(id) ? <p class="wrong">{wrong.get(id)}</p> : null}
      <table>
        <thead>
          <tr>
            <th>There</th>
            <th>Is filled with</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([left, to], i) => (
            <tr>
              <td>
                <Left name={leftOf(field.name)} value={left} listed={listed} row={i + 1} />
              </td>
              <td>
                <select name={rightOf(field.name)} aria-label={`Is filled with, row ${i + 1}`}>
                  {[['', 'nothing'] as const, ...right].map(([one, label]) => (
                    <option value={one} selected={one === to}>
                      {label}
                    </option>
                  ))}
                </select>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </fieldset>
  );
}

type LeftProps = { name: string; value: string; listed: readonly Choice[] | null; row: number };

function Left({ name, value, listed, row }: LeftProps) {
  const label = `There, row ${row}`;
  if (listed === null || (value !== '' && !listed.some(([id]) => id === value)))
    return <input class="mono" name={name} value={value} aria-label={label} autocomplete="off" />;
  return (
    <select name={name} aria-label={label}>
      {[['', 'choose'] as const, ...listed].map(([one, words]) => (
        <option value={one} selected={one === value}>
          {words}
        </option>
      ))}
    </select>
  );
}
