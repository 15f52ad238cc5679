/**
 * A cursor is opaque to callers: base64url of `[version, kind, …parts]`. It is not signed, because it
 * grants nothing: every page is read under the caller's own rights, whatever the cursor says. But what it says reaches a
 * statement, so each part is one that every database takes.
 */
import { PatchbayError } from '#src/errors';
import * as base64url from 'jose/base64url';

export type CursorPart = 'number' | 'string';
export type CursorParts<Shape extends readonly CursorPart[]> = {
  -readonly [Index in keyof Shape]: Shape[Index] extends 'number' ? number : string;
};

export function encodeCursor(kind: string, parts: readonly (number | string)[]): string {
  const broken = parts.find((part) => typeof part === 'number' && !Number.isFinite(part));
  if (broken !== undefined)
    throw new PatchbayError('internal', { internal: `a cursor cannot hold ${broken}` });
  return base64url.encode(JSON.stringify([version, kind, ...parts]));
}

/** Throws `invalid_cursor` for anything that `encodeCursor` did not write for this kind and shape. */
export function decodeCursor<const Shape extends readonly CursorPart[]>(
  kind: string,
  text: string,
  shape: Shape,
): CursorParts<Shape> {
  const content = text.length > maxCursorLength ? undefined : contentOf(text);
  if (!Array.isArray(content) || content.length !== shape.length + 2) throw refused(kind);
  const [foundVersion, foundKind, ...parts] = content as unknown[]; // Array.isArray answers any[].
  if (foundVersion !== version || foundKind !== kind) throw refused(kind);
  if (!parts.every((part, index) => typeof part === shape[index] && isPlace(part))) throw refused(kind);
  return parts as CursorParts<Shape>; // Each part was just compared with its place in the shape.
}

const version = 1;
const maxCursorLength = 1024;
/** The last instant that a `Date` has; no position comes near it either. */
const mostNumber = 8_640_000_000_000_000;

/** A position or an instant; or text without control characters (PostgreSQL takes no NUL) and half surrogate pairs. */
function isPlace(part: unknown): boolean {
  if (typeof part === 'number') return Number.isSafeInteger(part) && part >= 0 && part <= mostNumber;
  return typeof part === 'string' && part.isWellFormed() && !/\p{Cc}/u.test(part);
}

function contentOf(text: string): unknown {
  try {
    const bytes = base64url.decode(text);
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Garbage is an expected input here; the caller hears `invalid_cursor`.
    return undefined;
  }
}

function refused(kind: string): PatchbayError {
  return new PatchbayError('invalid_cursor', {
    public: 'The cursor is not one that this list gave. Start again without it.',
    internal: `not a ${kind} cursor of version ${version}`,
  });
}
