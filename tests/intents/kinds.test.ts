import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { isProtectedAttribute } from '../../src/catalog/index.ts';
import { intentBodies, intentKinds } from '../../src/intents/kinds.ts';

/** Who somebody is, what was verified, whose work is accepted, and money: none of it is for outsiders to say. */
const denied: Record<string, string[]> = {
  identity: [
    'account',
    'user',
    'buyer',
    'seller',
    'owner',
    'name',
    'email',
    'phone',
    'address',
    'contact',
    'identity',
    'id',
    'tax',
    'ssn',
    'ein',
    'handle',
    'avatar',
    'partner',
    'app',
    'grant',
    'token',
    'role_of',
  ],
  verification: [
    'verified',
    'verification',
    'verify',
    'badge',
    'trust',
    'kyc',
    'rating',
    'score',
    'review',
    'status',
    'state',
  ],
  acceptance: [
    'accept',
    'accepted',
    'acceptance',
    'approve',
    'approved',
    'approval',
    'award',
    'awarded',
    'complete',
    'completed',
    'deliverable',
    'release',
    'released',
    'consent',
    'agreed',
    'signature',
  ],
  money: [
    'amount',
    'cents',
    'price',
    'budget',
    'fee',
    'rate',
    'currency',
    'usd',
    'pay',
    'payment',
    'payout',
    'escrow',
    'invoice',
    'refund',
    'tip',
    'card',
    'bank',
    'iban',
    'discount',
    'coupon',
    'promo',
  ],
};
const deniedWords = new Set(Object.values(denied).flat());
const isDenied = (field: string): boolean =>
  field.split(/[^a-z]+/).some((word) => deniedWords.has(word)) || isProtectedAttribute(field);

type Schema = {
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: unknown;
  type?: string;
  maxLength?: number;
  maxItems?: number;
  enum?: unknown[];
  pattern?: string;
  format?: string;
};
/** Every field of a kind, with its path. */
function fieldsOf(schema: Schema, path = ''): { path: string; name: string; schema: Schema }[] {
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, part]) => [
    { path: `${path}/${name}`, name, schema: part },
    ...fieldsOf(part, `${path}/${name}`),
  ]);
  return schema.items ? [...inner, ...fieldsOf(schema.items, `${path}/*`)] : inner;
}
function objectsOf(schema: Schema): Schema[] {
  const parts = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])];
  return [...(schema.type === 'object' ? [schema] : []), ...parts.flatMap(objectsOf)];
}
const schemaOf = (kind: (typeof intentKinds)[number]): Schema =>
  z.toJSONSchema(intentBodies[kind], { io: 'input' }) as Schema;

describe('the kinds of intents', () => {
  test('are a closed list of three', () => {
    expect(intentKinds).toEqual(['rfp.create', 'booking.respond', 'rfp.stage']);
  });

  test.each(intentKinds)(
    '%s has no field for identity, verification, acceptance or money [S2-36]',
    (kind) => {
      const names = fieldsOf(schemaOf(kind)).map(({ name }) => name);
      expect(names.length).toBeGreaterThan(1);
      expect(names.filter(isDenied)).toEqual([]);
    },
  );

  test.each(intentKinds)(
    '%s refuses what it does not know, at every depth, and bounds all that it takes [S2-36]',
    (kind) => {
      const schema = schemaOf(kind);
      for (const object of objectsOf(schema)) expect(object.additionalProperties).toBe(false);
      for (const { path, schema: part } of fieldsOf(schema)) {
        if (part.type === 'array') expect(part.maxItems, path).toBeLessThanOrEqual(30);
        const isBounded =
          part.maxLength !== undefined || part.enum !== undefined || /\{\d+,\d+\}\$/.test(part.pattern ?? '');
        if (part.type === 'string') expect(isBounded, path).toBe(true);
      }
    },
  );

  test('the list of what is denied would find them', () => {
    for (const field of [
      'buyer_email',
      'budget_cents',
      'is_verified',
      'accepted_at',
      'gender',
      'account_id',
      'price',
    ])
      expect(isDenied(field), field).toBe(true);
    expect(isDenied('shoot_starts_at')).toBe(false);
  });
});
