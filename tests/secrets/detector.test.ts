import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { newToken } from '../../src/access/index.ts';
import { createDetector } from './detector.ts';

const chance = { bytes: (length: number) => new Uint8Array(randomBytes(length)), fraction: () => 0.5 };
const token = newToken('k', 'live', chance).token;
const signing = `whsec_${randomBytes(24).toString('base64')}`;
const masterKey = `1:${randomBytes(32).toString('base64')}`;

describe('the detector of secrets', () => {
  const detector = createDetector();
  detector.add('token', token);
  detector.add('signing', signing);
  detector.add('key', masterKey);
  const signingBytes = Buffer.from(signing.slice(6), 'base64');

  test.each([
    ['as it is', `x ${token} y`, 'token'],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ token })), 'token'],
    ['in a URL', `/x?token=${encodeURIComponent(token)}`, 'token'],
    ['cut at its end', token.slice(0, 30), 'token'],
    ['cut at its beginning', token.slice(-20), 'token'],
    ['in base64', Buffer.from(`id:${token}`).toString('base64'), 'token'],
    ['in base64, a letter later', Buffer.from(`app:${token}:`).toString('base64'), 'token'],
    ['in base64url, two letters later', Buffer.from(`apps:${token}`).toString('base64url'), 'token'],
    ['in hex', Buffer.from(token).toString('hex'), 'token'],
    ['a signing secret', signing, 'signing'],
    ['its bytes in a file', `\u0000${signingBytes.toString('latin1')}`, 'signing'],
    ['in a URL, where its letters are escaped', encodeURIComponent(signing), 'signing'],
    ['a key of the operator', masterKey.slice(2), 'key'],
    ['a key of the operator in hex', Buffer.from(masterKey.slice(2), 'base64').toString('hex'), 'key'],
  ])('sees one %s', (_, text, name) => {
    expect(detector.find(text)).toEqual([name]);
  });

  test('sees none in what may be shown', () => {
    expect(detector.find(`${token.slice(0, 15)}… whsec_… ${newToken('k', 'live', chance).token}`)).toEqual(
      [],
    );
    expect(detector.find(randomBytes(100_000).toString('base64'))).toEqual([]);
  });
});
