/**
 * One whole request at the start of `text` (Latin-1, so that one character is one byte), or undefined while it
 * is still on its way. A hand-written reader, because node:http would take more CPU than any sender here.
 * Every sender under test knows its body's length; a chunked one is refused loudly rather than miscounted.
 */
export type RawRequest = { path: string; head: string; body: string; length: number };

export function readRequest(text: string): RawRequest | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd);
  const declared = headerOf(head, 'content-length');
  if (declared === undefined) throw new Error('the sink takes requests with content-length only');
  const bodyStart = headEnd + 4;
  const length = bodyStart + Number(declared);
  if (text.length < length) return undefined;
  const pathStart = head.indexOf(' ') + 1;
  const path = head.slice(pathStart, head.indexOf(' ', pathStart));
  return { path, head, body: text.slice(bodyStart, length), length };
}

/** Senders write header names in one of two spellings; both are looked for before the head is lowered. */
export function headerOf(head: string, name: string): string | undefined {
  const found = valueAt(head, head.indexOf(`\r\n${name}:`), name);
  return found ?? valueAt(head, head.toLowerCase().indexOf(`\r\n${name}:`), name);
}

function valueAt(head: string, at: number, name: string): string | undefined {
  if (at < 0) return undefined;
  const from = at + name.length + 3;
  const end = head.indexOf('\r\n', from);
  return head.slice(from, end < 0 ? undefined : end).trim();
}
