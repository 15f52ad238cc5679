/** D1 binds a hundred parameters a statement. */
export const idsPerStatement = 80;

/** None of them is empty. */
export function piecesOf<T>(rows: readonly T[], size: number): [T, ...T[]][] {
  const pieces: [T, ...T[]][] = [];
  for (let at = 0; at < rows.length; at += size) {
    const [first, ...rest] = rows.slice(at, at + size);
    if (first !== undefined) pieces.push([first, ...rest]);
  }
  return pieces;
}
