import { expect, test } from 'vitest';
import { wellFormedJson } from '../../../src/store/hot/well-formed.ts';

test('what PostgreSQL can hold is left as it is', () => {
  const rows = [{ text: 'ü😀"\\\n', json: '{"a":"\\u0000"}', n: 1, b: true, none: null }];
  expect(wellFormedJson(rows)).toBe(JSON.stringify(rows));
});

test('NUL and half a surrogate pair become the replacement character, wherever they stand', () => {
  const rows = [{ a: 'x\0y', b: ['\ud83d', { c: '\ude00z' }] }, { ok: '😀' }];
  expect(JSON.parse(wellFormedJson(rows))).toEqual([
    { a: 'x\ufffdy', b: ['\ufffd', { c: '\ufffdz' }] },
    { ok: '😀' },
  ]);
});
