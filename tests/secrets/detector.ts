/**
 * Finds known secrets in text, in the forms in which they leak: as they are, cut short, in a URL, in base64 at any
 * offset, in hex, in the bytes of a database. A part of twelve characters is enough: what is shorter says nothing of who
 * made it. The first fifteen characters of a token (its kind and its locator) are for showing.
 */
export type Detector = {
  add(name: string, secret: string): void;
  /** The names of the secrets that are in it. */
  find(text: string): string[];
  /** The text where it was found. */
  around(name: string, text: string): string;
  names(): string[];
};

const windowLength = 12;

export function createDetector(): Detector {
  const needles = new Map<string, string[]>();
  return {
    add: (name, secret) => {
      const core = coreOf(secret);
      if (core.length < windowLength) throw new Error(`${name} is too short to be looked for`);
      needles.set(name, [...new Set([...windowsOf(core).flatMap(formsOf), ...rawOf(secret)])]);
    },
    find: (text) =>
      [...needles].filter(([, list]) => list.some((needle) => text.includes(needle))).map(([name]) => name),
    around: (name, text) => {
      const needle = needles.get(name)?.find((one) => text.includes(one)) ?? '';
      const at = text.indexOf(needle);
      return JSON.stringify(text.slice(Math.max(0, at - 120), at + 60));
    },
    names: () => [...needles.keys()],
  };
}

/** Of a token the random part, of others what follows their prefix. */
const coreOf = (secret: string): string =>
  secret.startsWith('pbk_') ? secret.slice(16) : secret.replace(/^(?:whsec_|whsk_|\d+:)/, '');

/** Its beginning, its middle and its end: whichever is cut off, another is left. */
const windowsOf = (core: string): string[] =>
  [0, Math.floor((core.length - windowLength) / 2), core.length - windowLength].map((at) =>
    core.slice(at, at + windowLength),
  );

function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  const base64 = [0, 1, 2].flatMap((offset) => {
    // Letters that neighbours share are left out at both ends.
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const inner = whole.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [text, encodeURIComponent(text), bytes.toString('hex'), ...base64];
}

/** A key or a secret that is base64 of bytes is also looked for as those bytes, as `latin1` of a file shows them. */
function rawOf(secret: string): string[] {
  const body = coreOf(secret);
  if (secret.startsWith('pbk_') || !/^[A-Za-z0-9+/_-]{32,}={0,2}$/.test(body)) return [];
  const bytes = Buffer.from(body.replaceAll('-', '+').replaceAll('_', '/'), 'base64');
  const some = bytes.subarray(0, windowLength);
  return [some.toString('latin1'), some.toString('hex')];
}
