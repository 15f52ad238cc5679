import type { AboutField } from '#src/connections';
import type { VendorChoices } from './options-form.tsx';

/** What the vendor calls the fields of what is sent to it, and the ids that stand in them: as the form of its options knows them. */
export type VendorWords = {
  names: ReadonlyMap<string, string>;
  /** By field, then by id. */
  values: ReadonlyMap<string, ReadonlyMap<string, string>>;
};

export function vendorWords(fields: readonly AboutField[], choices: VendorChoices): VendorWords {
  const names = new Map<string, string>();
  const values = new Map<string, Map<string, string>>();
  for (const field of fields) {
    const listed = choices.get(field.name) ?? [];
    // The left side of a map is the vendor's own fields.
    if (field.type === 'map') for (const [id, label] of listed) names.set(id, label);
    if (field.type !== 'vendor-choice' || !field.fills) continue;
    const { id: filled, label } = field.fills;
    names.set(filled, label);
    const known = values.get(filled) ?? new Map<string, string>();
    for (const [id, word] of listed) known.set(id, word);
    values.set(filled, known);
  }
  return { names, values };
}
