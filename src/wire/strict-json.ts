import { PatchbayError } from '#src/errors';

/**
 * JSON as the hub takes it: UTF-8, no key twice in one object (parsers disagree on which one counts, and a signature
 * or a policy must not depend on the parser), no NUL and no lone surrogate (Postgres keeps neither), not deeper than 32.
 */
const maxDepth = 32;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws `invalid_json` (400) with what is wrong and about where. */
export function parseStrictJson(bytes: Uint8Array): { value: unknown; text: string } {
  const text = decode(bytes);
  const members = countMembers(text);
  const value = parse(text);
  if (members !== countKeys(value)) throw refuse('An object has the same key twice.');
  // Most bodies escape nothing so; a pattern alone would walk each of them.
  if (text.includes('\\u') && /\\u(?:0000|[dD][89abAB])/.test(text)) refuseStrings(value);
  return { value, text };
}

const refuse = (detail: string, cause?: unknown) =>
  new PatchbayError('invalid_json', { public: detail, cause });

function decode(bytes: Uint8Array): string {
  if (bytes.length === 0) throw refuse('The body is empty; it must be a JSON document.');
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw refuse('The body is not valid UTF-8.', error);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = /position (\d+)/.exec((error as Error).message)?.[1];
    throw refuse(
      place ? `The body is not valid JSON, at about character ${place}.` : 'The body is not valid JSON.',
      error,
    );
  }
}

/** How many `"key":` the text has. Counts before parsing, so that depth is refused before the parser recurses. */
function countMembers(text: string): number {
  let members = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === quote) i = endOfString(text, i);
    else if (c === colon) members++;
    else if (c === openBrace || c === openBracket) {
      if (++depth > maxDepth) throw refuse(`The body is nested deeper than ${maxDepth} levels.`);
    } else if (c === closeBrace || c === closeBracket) depth--;
  }
  return members;
}

const [quote, colon, backslash] = [34, 58, 92];
const [openBrace, closeBrace, openBracket, closeBracket] = [123, 125, 91, 93];

/** The closing quote; a backslash escapes what follows it. */
function endOfString(text: string, open: number): number {
  let end = text.indexOf('"', open + 1);
  while (end !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === backslash) backslashes++;
    if (backslashes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  // `__proto__` is an own key after JSON.parse, so nothing is missed here.
  const parts: unknown[] = Array.isArray(value) ? value : Object.values(value);
  let count = Array.isArray(value) ? 0 : parts.length;
  for (const part of parts) if (typeof part === 'object') count += countKeys(part);
  return count;
}

function refuseStrings(value: unknown): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw refuse('A string contains the character NUL (\\u0000).');
    if (!value.isWellFormed()) throw refuse('A string contains half of a surrogate pair.');
  } else if (Array.isArray(value)) value.forEach(refuseStrings);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      refuseStrings(key);
      refuseStrings(part);
    }
  }
}
