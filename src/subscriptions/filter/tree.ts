/** A checked filter: every operand has the type of its field, and every path may be seen. */
export type Condition =
  | { op: 'all' | 'any'; of: Condition[] }
  | { op: 'not'; of: Condition }
  | { op: 'exists'; path: Path; wanted: boolean }
  | { op: 'in'; path: Path; values: Operand[] }
  | { op: 'range'; path: Path; bound: Bound; value: Operand }
  | { op: 'prefix'; path: Path; text: string };

export type Bound = '$gt' | '$gte' | '$lt' | '$lte';
export type Path = { text: string; segments: string[] };

/** An `instant` compares as a moment in time, whatever offset it is written with. */
export type Operand = { kind: 'plain'; value: Scalar } | { kind: 'instant'; value: string; ms: number };
export type Scalar = string | number | boolean | null;

export type View = Record<string, unknown>;

export type FieldKind = 'string' | 'number' | 'boolean' | 'datetime' | 'array' | 'object';
export type FilterField = { kind: FieldKind } | { hidden: true; scope: string } | 'hidden' | 'unknown';
/** What the caller's scopes let a filter see, by dotted path. */
export type FilterFields = (path: string) => FilterField;
