import { expect, test } from 'vitest';
import { readAnswer } from '../../bench/load/answer.ts';

const COUNTED = 'HTTP/1.1 202 Accepted\r\nContent-Length: 4\r\n\r\nbody';
const CHUNKED = 'HTTP/1.1 429 Too Many\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n';

test('an answer is read only once it is whole', () => {
  for (const whole of [COUNTED, CHUNKED]) {
    for (let cut = 0; cut < whole.length; cut += 1) expect(readAnswer(whole.slice(0, cut))).toBeUndefined();
    expect(readAnswer(whole)?.length).toBe(whole.length);
  }
});

test('a counted and a chunked body are both given back', () => {
  expect(readAnswer(COUNTED)).toMatchObject({ status: 202, body: 'body', closes: false });
  expect(readAnswer(CHUNKED)).toMatchObject({ status: 429, body: 'abcde' });
});

test('what follows an answer is left for the next one', () => {
  expect(readAnswer(`${COUNTED}HTTP/1.1 2`)?.length).toBe(COUNTED.length);
});

test('an answer that ends its connection says so', () => {
  expect(readAnswer('HTTP/1.1 503 x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')?.closes).toBe(true);
});
