/** Rows in pieces whose JSON is within `maxBytes`, in order; a row that is larger stands alone. */
export function splitBySize<T>(rows: T[], maxBytes: number): T[][] {
  if (maxBytes === Infinity) return rows.length === 0 ? [] : [rows];
  const pieces: T[][] = [];
  let room = 0;
  for (const row of rows) {
    const size = encoder.encode(JSON.stringify(row)).length + 1; // A comma or bracket.
    if (size > room) {
      pieces.push([]);
      room = maxBytes - 1;
    }
    pieces.at(-1)?.push(row);
    room -= size;
  }
  return pieces;
}

const encoder = new TextEncoder();
