import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeyring } from '../../src/adapters/vault-keyring.ts';
import { PatchbayError } from '../../src/errors/index.ts';

const chance = { bytes: (length: number) => new Uint8Array(randomBytes(length)), fraction: () => 0.5 };
const one = { version: 1, key: chance.bytes(32) };
const two = { version: 2, key: chance.bytes(32) };
const keyring = createKeyring({ masterKeys: [one], current: 1 }, chance);
const about = { owner: 'acc_1', record: 'con_1', field: 'refresh_token' };
const secret = new TextEncoder().encode('xoxb-very-secret');

async function expectShut(opening: Promise<unknown>): Promise<void> {
  const error: unknown = await opening.then(
    () => 'opened',
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PatchbayError);
  expect((error as PatchbayError).code).toBe('internal');
  expect((error as PatchbayError).publicText).not.toContain('sealed');
}

test('what was sealed opens for the same record, whatever its bytes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 3000 }),
      fc.string(),
      fc.string(),
      fc.string(),
      async (plain, owner, record, field) => {
        const sealed = await keyring.seal(plain, { owner, record, field });
        expect(sealed).toMatch(/^v1\.1\.[\w-]{80}\.[\w-]{16}\.[\w-]{22,}$/);
        expect(await keyring.open(sealed, { owner, record, field })).toEqual(new Uint8Array(plain));
      },
    ),
    { numRuns: 50 },
  );
});

test('the same secret never looks the same twice, and nothing of it shows', async () => {
  const seals = await Promise.all(Array.from({ length: 20 }, () => keyring.seal(secret, about)));
  for (const index of [2, 3, 4])
    expect(new Set(seals.map((sealed) => sealed.split('.')[index])).size).toBe(20);
  expect(seals.join()).not.toContain(Buffer.from(secret).toString('base64url').slice(0, 8));
});

test('a change of any single character keeps it shut', async () => {
  const sealed = await keyring.seal(secret, about);
  const changes = Array.from(sealed, (character, index) => {
    const other = character === 'A' ? 'B' : 'A';
    return sealed.slice(0, index) + other + sealed.slice(index + 1);
  });
  await Promise.all(changes.map((changed) => expectShut(keyring.open(changed, about))));
});

test('the last character has one spelling only', async () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const sealed = await keyring.seal(new Uint8Array(16), about);
  const spellings = Array.from(alphabet, (last) => sealed.slice(0, -1) + last).filter(
    (other) => other !== sealed,
  );
  await Promise.all(spellings.map((other) => expectShut(keyring.open(other, about))));
});

test('it does not open for another owner, record or field, nor when their borders shift', async () => {
  const sealed = await keyring.seal(secret, about);
  for (const other of [
    { ...about, owner: 'acc_2' },
    { ...about, record: 'con_2' },
    { ...about, field: 'access_token' },
    { ...about, owner: 'acc_1con', record: '_1' },
    { owner: about.record, record: about.owner, field: about.field },
  ])
    await expectShut(keyring.open(sealed, other));
});

test('parts of two sealed values of one record cannot be mixed', async () => {
  const [left, right] = await Promise.all([
    keyring.seal(secret, about),
    keyring.seal(chance.bytes(16), about),
  ]);
  for (const index of [2, 3, 4]) {
    const parts = left.split('.');
    parts[index] = right.split('.')[index] ?? '';
    await expectShut(keyring.open(parts.join('.'), about));
  }
});

test('a value moved beside the wrapped key of another record stays shut even where both share a data key', async () => {
  const stuck = createKeyring(
    { masterKeys: [one], current: 1 },
    { ...chance, bytes: (length) => new Uint8Array(length) },
  );
  const there = { ...about, record: 'con_2' };
  const [mine, theirs] = await Promise.all([stuck.seal(secret, about), stuck.seal(secret, there)]);
  const mixed = [...theirs.split('.').slice(0, 3), ...mine.split('.').slice(3)].join('.');
  await expectShut(stuck.open(mixed, there));
});

test('text that was never sealed is shut, not a crash', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `v1.1.${text}`),
        fc.constant('v1.1...'),
      ),
      async (text) => {
        await expectShut(keyring.open(text, about));
        await expectShut(keyring.rewrap(text, about));
      },
    ),
  );
});

test('after a rotation both keys open, new values take the new one, and re-wrapping leaves the ciphertext', async () => {
  const older = await keyring.seal(secret, about);
  const rotated = createKeyring({ masterKeys: [one, two], current: 2 }, chance);
  expect(await rotated.open(older, about)).toEqual(secret);
  expect(rotated.masterKeys).toEqual({ current: 2, known: [1, 2] });
  expect(await rotated.seal(secret, about)).toMatch(/^v1\.2\./);

  const rewrapped = await rotated.rewrap(older, about);
  expect(rewrapped).toMatch(/^v1\.2\./);
  expect(rewrapped.split('.').slice(3)).toEqual(older.split('.').slice(3));
  expect(await rotated.rewrap(rewrapped, about)).toBe(rewrapped);

  const without = createKeyring({ masterKeys: [two], current: 2 }, chance);
  expect(await without.open(rewrapped, about)).toEqual(secret);
  await expectShut(without.open(older, about));
});

test('re-wrapping refuses another record, and a changed version label', async () => {
  const rotated = createKeyring({ masterKeys: [one, two], current: 2 }, chance);
  const sealed = await keyring.seal(secret, about);
  await expectShut(rotated.rewrap(sealed, { ...about, record: 'con_2' }));
  // The same key under two versions: only the authenticated version tells them apart.
  const twins = createKeyring({ masterKeys: [one, { version: 2, key: one.key }], current: 1 }, chance);
  await expectShut(twins.open(sealed.replace('v1.1.', 'v1.2.'), about));
});

test('a keyring that could not work is refused when it is made', () => {
  const make =
    (masterKeys: (typeof one)[], current = 1) =>
    () =>
      createKeyring({ masterKeys, current }, chance);
  expect(make([])).toThrow('not among the master keys');
  expect(make([one], 2)).toThrow('not among the master keys');
  expect(make([one, one])).toThrow('same version');
  expect(make([{ version: 1, key: chance.bytes(16) }])).toThrow('32 bytes');
  expect(make([{ version: 0, key: one.key }], 0)).toThrow('whole number');
});
