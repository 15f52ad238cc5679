import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newToken, parseToken, type TokenKind } from '../../src/access/index.ts';
import { findTokens } from '../../src/leaks/index.ts';

const chance = { bytes: (length: number) => new Uint8Array(randomBytes(length)), fraction: () => 0.5 };
const kinds: TokenKind[] = ['a', 'r', 'c', 'k', 's', 'f'];
const made = (n: number): string =>
  newToken(kinds[n % kinds.length] ?? 'k', n % 2 === 0 ? 'live' : 'test', chance).token;
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Where tokens are found: whatever touches them there. */
const places: ((token: string) => string)[] = [
  (token) => token,
  (token) => `TOKEN=${token}`,
  (token) => `export PATCHBAY_TOKEN='${token}';`,
  (token) => JSON.stringify({ headers: [`Authorization: Bearer ${token}\nnext`], [token]: 1 }),
  (token) => JSON.stringify(JSON.stringify({ line: `first\n${token}\nsecond` })),
  (token) => `https://hub.example/v1/me?access_token=${token}&x=1#${token}`,
  (token) => `https://user:${token}@hub.example/`,
  (token) => `https://a.example/?next=${encodeURIComponent(`https://b.example/?t=${token}`)}`,
  (token) => `<a href="${token}">${token}</a>`,
  (token) => `${Buffer.from('before').toString('base64')}${token}${Buffer.from('after').toString('base64')}`,
  (token) => `abc_${token}_def`,
  (token) => `+ pbk_kl_${token}`,
  (token) => `pbk_${token}pbk_`,
  (token) => `\u{1f512}${token}\u0000${token}`,
  (token) => `curl -H "Authorization: Bearer ${token}" | tee ${token}.log`,
];

const swap = (text: string, at: number, letter: string): string =>
  text.slice(0, at) + letter + text.slice(at + 1);
const other = (letter: string, n: number): string =>
  base62[(base62.indexOf(letter) + 1 + (n % 61)) % 62] ?? '';
const at = (n: number): number => 7 + (n % 8);

/** What is nearly a token: made from a whole one, so that only the fault tells it apart. */
const faults: ((token: string, n: number) => string)[] = [
  // One character of the locator, the random part, the checksum.
  (token, n) => swap(token, at(n), other(token[at(n)] ?? '', n)),
  (token, n) => swap(token, 16 + (n % 30), other(token[16 + (n % 30)] ?? '', n)),
  (token, n) => swap(token, 46 + (n % 6), other(token[46 + (n % 6)] ?? '', n)),
  // Cut at either end.
  (token, n) => token.slice(0, -1 - (n % 20)),
  (token, n) => token.slice(1 + (n % 20)),
  // Another kind, another environment, none that there is.
  (token, n) => swap(token, 4, kinds[(kinds.indexOf(token[4] as TokenKind) + 1 + (n % 5)) % 6] ?? ''),
  (token) => swap(token, 5, token[5] === 'l' ? 't' : 'l'),
  (token, n) => swap(token, 4, 'bdeghijl'[n % 8] ?? ''),
  // The checksum of another token.
  (token, n) => token.slice(0, 46) + made(n).slice(46),
  // Two characters that changed places; where both are the same it is the same token, so the next two.
  (token) => {
    const first = token.split('').findIndex((letter, i) => i > 15 && i < 45 && letter !== token[i + 1]);
    return swap(swap(token, first, token[first + 1] ?? ''), first + 1, token[first] ?? '');
  },
  // A character more, or one less, inside.
  (token, n) =>
    `${token.slice(0, 20)}${base62[n % 62] === token[20] ? '' : base62[n % 62]}${token.slice(21)}`.slice(
      0,
      51,
    ),
  (token, n) => `${token.slice(0, 30)}${base62[n % 62]}${token.slice(30, -1)}`,
  // Look-alikes: other cases, other separators, other letters that look the same, broken lines, escapes.
  (token) => token.replace('pbk_', 'PBK_'),
  (token) => token.replaceAll('_', '-'),
  (token) => token.replace('_', '\uff3f'),
  (token) => token.replace('p', '\u0440'),
  (token) => `${token.slice(0, 25)}\n${token.slice(25)}`,
  (token) => `${token.slice(0, 25)} ${token.slice(25)}`,
  (token) => token.replaceAll('_', '%5F'),
  (token) => Buffer.from(token).toString('base64'),
  (token) => token.split('').reverse().join(''),
  (_, n) =>
    `pbk_${kinds[n % 5]}l_${randomBytes(40)
      .toString('base64')
      .replaceAll(/[^0-9A-Za-z]/g, '')
      .slice(0, 8)}_${'A'.repeat(36)}`,
];

describe('scanner', () => {
  test('10,000 tokens, each in one of the places where tokens are found, are found and nothing else', () => {
    const found = Array.from({ length: 10_000 }, (_, n) => {
      const token = made(n);
      const put = places[n % places.length] ?? String;
      const list = findTokens(put(token));
      return list.length === 1 && list[0] === token;
    });
    expect(found.filter(Boolean)).toHaveLength(10_000);
  });

  test('of 10,000 near misses, in the same places, none is found', () => {
    const missed = Array.from({ length: 10_000 }, (_, n) => {
      const wrong = (faults[n % faults.length] ?? String)(made(n), n);
      const put = places[Math.floor(n / faults.length) % places.length] ?? String;
      return [wrong, findTokens(put(wrong))] as const;
    });
    expect(missed).toHaveLength(10_000);
    expect(missed.filter(([, list]) => list.length > 0)).toEqual([]);
    expect(missed.filter(([wrong]) => parseToken(wrong) !== null)).toEqual([]);
  });

  test('in one text with 10,000 of each, exactly the tokens are found, each once, in their order', () => {
    const tokens = Array.from({ length: 10_000 }, (_, n) => made(n));
    const text = tokens
      .map((token, n) => `${token} ${(faults[n % faults.length] ?? String)(token, n)}\n${token}`)
      .join('');
    expect(findTokens(text)).toEqual(tokens);
  });

  test('whatever stands around a token, it is found; whatever text it is, only what parses is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        fc.nat(100),
        (before, after, n) => {
          const token = made(n);
          expect(findTokens(before + token + after)).toContain(token);
        },
      ),
      { numRuns: 500 },
    );
    const piece = fc.oneof(
      fc.constantFrom('pbk_', 'kl_', 'pbk_kl_', '_', 'abcdefgh', 'A'.repeat(36)),
      fc.string({ unit: fc.constantFrom(...base62.split(''), '_') }),
      fc.nat(100).map(made),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        for (const token of findTokens(pieces.join(''))) expect(parseToken(token)).not.toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  test('the published expressions match all of them: that of the guide, and the one of the rule for gitleaks', () => {
    const doc = readFileSync('docs/leaks.md', 'utf8');
    const plain = /```text\n(.*pbk_.*)\n```/.exec(doc)?.[1] ?? '';
    const rule = /regex = '''(.*)'''/.exec(doc)?.[1] ?? '';
    for (const expression of [plain, rule]) {
      const shape = new RegExp(expression);
      for (let n = 0; n < 1_000; n++) expect(shape.test(` ${made(n)} `), expression).toBe(true);
      expect(shape.test('pbk_kl_short')).toBe(false);
      expect(shape.test('pbk_zl_abcdefgh_'.padEnd(52, 'A'))).toBe(false);
    }
  });
});
