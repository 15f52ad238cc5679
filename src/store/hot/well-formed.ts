/**
 * JSON of a batch whose every string PostgreSQL can hold. A text there has no NUL, and no half of a surrogate pair;
 * SQLite takes both, and both come in: an endpoint may answer with binary, and cutting its answer at 1 KiB may cut a
 * character in two. Without this one such answer could never be settled, and would be sent again for ever.
 */
export function wellFormedJson(rows: unknown): string {
  const json = JSON.stringify(rows);
  // JSON.stringify writes both as escapes: a batch without them, as nearly all are, costs one scan.
  if (!mayBeMalformed.test(json)) return json;
  return JSON.stringify(rows, (_key, value: unknown) =>
    typeof value === 'string' ? wellFormed(value) : value,
  );
}

const mayBeMalformed = /\\u(?:0000|d[89a-f])/;
const replacement = '\ufffd';
const wellFormed = (text: string): string => text.toWellFormed().replaceAll('\0', replacement);
