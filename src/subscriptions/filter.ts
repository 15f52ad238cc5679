/**
 * A filter narrows a subscription by what its events hold. It is a small part of the MongoDB query
 * language (docs/filters.md) over the projected event, so it can never look at a field that the
 * grant's scopes hide. Checked and compiled once, when it is stored or loaded; matching allocates nothing.
 */
import { describeCondition, explainMismatch } from './filter/explain.ts';
import { compileMatch } from './filter/match.ts';
import { parseFilter } from './filter/parse.ts';
import type { FilterFields, View } from './filter/tree.ts';

export type { FieldKind, FilterField, FilterFields, View } from './filter/tree.ts';

export type CompiledFilter = {
  /** Never throws, whatever the view holds. */
  matches: (view: View) => boolean;
  /** Why the view does not match, in words; `every condition holds` when it does. Quotes values of the view. */
  explain: (view: View) => string;
  /** The filter itself, in words. */
  words: string;
  /** The paths it looks at, sorted, each once. */
  fields: string[];
};

/** Throws `filter_invalid` with every error and its pointer. `{}` and `undefined` match all. */
export function compileFilter(json: unknown, fields: FilterFields): CompiledFilter {
  const condition = parseFilter(json === undefined ? {} : json, fields);
  const matches = compileMatch(condition.tree);
  return {
    matches,
    explain: (view) => (matches(view) ? 'every condition holds' : explainMismatch(condition.tree, view)),
    words: describeCondition(condition.tree),
    fields: condition.fields,
  };
}
