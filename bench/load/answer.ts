/** One whole HTTP/1.1 answer at the start of `text`, or undefined while it is still on its way (RFC 9112 §6.3). */
export type RawAnswer = { status: number; body: string; length: number; closes: boolean };

export function readAnswer(text: string): RawAnswer | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd).toLowerCase();
  const status = Number(head.slice(9, 12));
  const closes = head.includes('\r\nconnection: close');
  const bodyStart = headEnd + 4;
  const declared = headerNumber(head, 'content-length');
  if (declared !== undefined) {
    const length = bodyStart + declared;
    return text.length < length ? undefined : { status, closes, length, body: text.slice(bodyStart, length) };
  }
  if (head.includes('\r\ntransfer-encoding: chunked')) return readChunks(text, bodyStart, status, closes);
  return { status, closes, length: bodyStart, body: '' };
}

function headerNumber(head: string, name: string): number | undefined {
  const at = head.indexOf(`\r\n${name}:`);
  if (at < 0) return undefined;
  const from = at + name.length + 3;
  const end = head.indexOf('\r\n', from);
  return Number(head.slice(from, end < 0 ? undefined : end));
}

function readChunks(text: string, bodyStart: number, status: number, closes: boolean): RawAnswer | undefined {
  const parts: string[] = [];
  let at = bodyStart;
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (text.length < end) return undefined;
    if (size === 0) return { status, closes, length: end, body: parts.join('') };
    parts.push(text.slice(lineEnd + 2, end - 2));
    at = end;
  }
}
