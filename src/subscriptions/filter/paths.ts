import { fault, type Parsing, quoted } from './fault.ts';
import { filterLimits } from './limits.ts';
import type { FieldKind, FilterField, Path } from './tree.ts';

/** `kind` is undefined where the path was refused: its operands are still checked for all else. */
export type Field = { path: Path; kind: FieldKind | undefined };

export function parsePath(parsing: Parsing, text: string, pointer: string): Field {
  const segments = text.length > filterLimits.maxPathLength ? [] : text.split('.');
  const path = { text, segments };
  const misspelt = spellingProblem(segments);
  const field = misspelt ? 'unknown' : parsing.fields(text);
  if (typeof field === 'object' && 'kind' in field) {
    parsing.seen.add(text);
    return { path, kind: field.kind };
  }
  fault(parsing, pointer, misspelt ?? unseen(text, field));
  return { path, kind: undefined };
}

function spellingProblem(segments: string[]): string | undefined {
  if (segments.length === 0) return `a path has at most ${filterLimits.maxPathLength} characters`;
  if (segments.includes('')) return 'a path is names joined by single dots';
  if (segments.some((segment) => segment.startsWith('$'))) return 'a name in a path does not begin with $';
  const inherited = segments.find((segment) => neverFields.has(segment));
  return inherited && `${quoted(inherited)} is never a field`;
}

// Own properties alone are read anyway; refusing the names keeps them from whoever handles a filter later.
const neverFields = new Set(['__proto__', 'constructor', 'prototype']);

function unseen(text: string, field: Exclude<FilterField, { kind: FieldKind }>): string {
  if (field === 'unknown') return `there is no field ${quoted(text)} in these events`;
  if (field === 'hidden') return `your scopes do not reveal ${text}`;
  return `your scopes do not reveal ${text}; it needs ${field.scope}`;
}
