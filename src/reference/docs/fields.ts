import { html } from 'hono/html';
import type { Reference, Schema } from './model.ts';

type Html = ReturnType<typeof html>;
export type Field = { depth: number; name: string; type: string; isRequired: boolean; words: string };

/** Deeper than this nobody reads a table; the document has it all. */
const maxDepth = 4;

/** A schema as rows, what is below a field indented under it. */
export function fieldsOf(reference: Reference, schema: Schema, depth = 0): Field[] {
  const plain = objectIn(reference, schema);
  if (depth > maxDepth || !plain) return [];
  if (plain.oneOf ?? plain.anyOf) return variants(reference, plain, depth);
  return Object.entries(plain.properties ?? {}).flatMap(([name, field]) => {
    const is = reference.resolve(field);
    return [
      {
        depth,
        name: is.type === 'array' && objectIn(reference, is) ? `${name}[]` : name,
        type: typeOf(reference, is),
        isRequired: plain.required?.includes(name) ?? false,
        words: [field.description ?? is.description, limitsOf(is)].filter(Boolean).join(' '),
      },
      ...fieldsOf(reference, is, depth + 1),
    ];
  });
}

/** Each way that a union may look, under a heading of its own. */
function variants(reference: Reference, { oneOf, anyOf }: Schema, depth: number): Field[] {
  const all = (oneOf ?? anyOf ?? []).filter((one) => reference.resolve(one).type !== 'null');
  return all.flatMap((one, index) => {
    const below = fieldsOf(reference, one, all.length > 1 ? depth + 1 : depth);
    if (all.length === 1 || below.length === 0) return below;
    const words = index === 0 ? 'One form:' : 'Or:';
    return [{ depth, name: '', type: '', isRequired: false, words }, ...below];
  });
}

/** The object that a schema holds: itself, what a list is of, or a union with an object in it. */
function objectIn(reference: Reference, schema: Schema): Schema | null {
  const resolve = (one: Schema): Schema => reference.resolve(one);
  const is = resolve(schema);
  if (is.items) {
    const of = resolve(is.items);
    return of.properties || of.oneOf || of.anyOf ? of : null;
  }
  if (is.properties) return is;
  const union = is.oneOf ?? is.anyOf;
  return union?.some((one) => resolve(one).properties ?? resolve(one).oneOf ?? resolve(one).anyOf)
    ? is
    : null;
}

export function typeOf(reference: Reference, schema: Schema): string {
  const is = reference.resolve(schema);
  if (is.const !== undefined) return JSON.stringify(is.const);
  if (is.enum) return is.enum.map((value) => JSON.stringify(value)).join(' | ');
  const union = is.oneOf ?? is.anyOf;
  if (union) return [...new Set(union.map((one) => typeOf(reference, one)))].join(' | ');
  const types = Array.isArray(is.type) ? is.type : is.type ? [is.type] : [];
  if (types.length === 0) return 'anything';
  return types
    .map((type) => (type === 'array' && is.items ? `list of ${typeOf(reference, is.items)}` : type))
    .join(' | ');
}

function limitsOf({ minimum, maximum, minItems, maxItems, maxLength, default: preset }: Schema): string {
  return [
    minimum !== undefined && maximum !== undefined && maximum < 1e15 ? `${minimum} to ${maximum}.` : '',
    maxItems === undefined ? '' : `${minItems ?? 0} to ${maxItems} entries.`,
    maxLength === undefined ? '' : `At most ${maxLength} characters.`,
    preset === undefined ? '' : `Default ${JSON.stringify(preset)}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** Of what is sent it is said what is needed, of what is answered what may be absent: the rarer of the two. */
export function fieldTable(rows: Field[], isAnswer = false): Html {
  const body = rows.map(({ depth, name, type, isRequired, words }) => {
    const indent = depth > 0 ? html` class="d${depth}"` : '';
    if (name === '') return html`<tr><td${indent} colspan="3">${words}</td></tr>`;
    const mark = isAnswer && !isRequired ? 'may be absent' : !isAnswer && isRequired ? 'needed' : '';
    return html`<tr>
<td${indent}><code>${name}</code>${mark && html` <b>${mark}</b>`}</td><td><code>${type}</code></td><td>${ticked(words)}</td></tr>`;
  });
  return html`<table><thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead><tbody>${body}</tbody></table>`;
}

/** `code` between ticks, and nothing else of Markdown. */
export function ticked(words: string): (Html | string)[] {
  return words.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}
