/**
 * One text for one value: keys in the order of their UTF-16 units, no spaces, numbers as ECMAScript writes them. That is
 * RFC 8785, but that whatever is not ASCII is escaped (`\u00e9`): then characters are bytes, in a body, an offset and a
 * header alike. Takes what `JSON.parse` gives; members that are undefined are left out.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return asciiJson(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${asciiJson(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

const asciiJson = (value: unknown): string =>
  JSON.stringify(value ?? null).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
