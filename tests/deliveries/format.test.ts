import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyOf, createBodyWriter, type FormattedEvent } from '../../src/deliveries/format.ts';

const hub = { installation: 'eu-1', publicUrl: 'https://hub.example' };
const event: FormattedEvent = {
  id: 'evt_01kagm',
  type: 'booking.confirmed',
  schemaVersion: 1,
  sequence: 42,
  occurredAtMs: Date.parse('2026-11-21T15:04:05.000Z'),
  city: 'houston',
  subject: 'bookings/bkg_1',
};
const recipient = { account: 'acc_1', grant: 'grt_1', subscription: 'sub_1' };
const data = { status: 'confirmed', amount_cents: 1200 };

test('the standard body has the keys of the contract in their order', () => {
  const { contentType, body } = bodyOf('standard', event, data, recipient, hub);
  expect(contentType).toBe('application/json');
  expect(body).toBe(
    '{"id":"evt_01kagm","type":"booking.confirmed","timestamp":"2026-11-21T15:04:05.000Z","schema_version":1,' +
      '"sequence":42,"city":"houston","subject":"bookings/bkg_1","account":"acc_1","grant":"grt_1",' +
      '"subscription":"sub_1","data":{"status":"confirmed","amount_cents":1200}}',
  );
});

test('what is absent is left out, not null', () => {
  const bare = { ...event, city: null, subject: '' };
  const { body } = bodyOf('standard', bare, {}, recipient, hub);
  expect(Object.keys(JSON.parse(body))).toEqual([
    'id',
    'type',
    'timestamp',
    'schema_version',
    'sequence',
    'account',
    'grant',
    'subscription',
    'data',
  ]);
});

test('data is serialised once, however many deliveries share it', () => {
  const read: string[] = [];
  const watched = {
    get status() {
      read.push('status');
      return 'confirmed';
    },
  };
  const writer = createBodyWriter('standard', event, watched, hub);
  const bodies = ['sub_1', 'sub_2', 'sub_3'].map((subscription) =>
    writer.write({ ...recipient, subscription }),
  );
  expect(bodies.map((body) => JSON.parse(body).subscription)).toEqual(['sub_1', 'sub_2', 'sub_3']);
  expect(read).toEqual(['status']);
});

const anyEvent: fc.Arbitrary<FormattedEvent> = fc.record({
  id: fc.string({ minLength: 1 }),
  type: fc.constantFrom('booking.confirmed', 'rfp.created', 'odd type/ü'),
  schemaVersion: fc.integer({ min: 1, max: 99 }),
  sequence: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  occurredAtMs: fc.nat({ max: 4e12 }),
  city: fc.option(fc.string({ unit: 'binary' })),
  subject: fc.string({ unit: 'binary' }),
});
const anyRecipient = fc.record({
  account: fc.string({ unit: 'binary' }),
  grant: fc.string({ unit: 'binary' }),
  subscription: fc.string({ unit: 'binary' }),
});
const anyData = fc.dictionary(fc.string(), fc.jsonValue());

test('the spliced body is the JSON that writing the whole would give', () => {
  fc.assert(
    fc.property(anyEvent, anyData, anyRecipient, (one, holds, to) => {
      const whole = {
        id: one.id,
        type: one.type,
        timestamp: new Date(one.occurredAtMs).toISOString(),
        schema_version: one.schemaVersion,
        sequence: one.sequence,
        city: one.city ?? undefined,
        subject: one.subject || undefined,
        account: to.account,
        grant: to.grant,
        subscription: to.subscription,
        data: holds,
      };
      expect(bodyOf('standard', one, holds, to, hub).body).toBe(JSON.stringify(whole));
    }),
  );
});

test('a CloudEvent carries the event under the names of CloudEvents', () => {
  const { contentType, body } = bodyOf('cloudevents', event, data, recipient, hub);
  expect(contentType).toBe('application/cloudevents+json');
  expect(JSON.parse(body)).toEqual({
    specversion: '1.0',
    id: 'evt_01kagm',
    source: '/patchbay/eu-1',
    type: 'patchbay.booking.confirmed',
    time: '2026-11-21T15:04:05.000Z',
    subject: 'bookings/bkg_1',
    dataschema: 'https://hub.example/v1/event-types/booking.confirmed/1',
    datacontenttype: 'application/json',
    sequence: '0000000000000042',
    schemaversion: 1,
    city: 'houston',
    account: 'acc_1',
    grant: 'grt_1',
    subscription: 'sub_1',
    data,
  });
});

test('any CloudEvent keeps the rules of CloudEvents 1.0 JSON', () => {
  fc.assert(
    fc.property(anyEvent, anyData, anyRecipient, (one, holds, to) => {
      const { data: carried, ...attributes } = JSON.parse(bodyOf('cloudevents', one, holds, to, hub).body);
      expect(carried).toEqual(JSON.parse(JSON.stringify(holds)));
      expect(attributes.specversion).toBe('1.0');
      for (const required of ['id', 'source', 'type']) expect(attributes[required]).toMatch(/^./);
      for (const [name, value] of Object.entries(attributes)) {
        // Spec, "Attribute Naming Convention": lower-case letters and digits, should be at most 20.
        expect(name).toMatch(/^[a-z0-9]{1,20}$/);
        // JSON format, "Type System Mapping": strings, booleans, 32-bit integers; never null.
        expect(
          typeof value === 'string' || (Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31),
        ).toBe(true);
      }
      expect(URL.canParse(attributes.source, 'https://base.example')).toBe(true);
      expect(URL.canParse(attributes.dataschema)).toBe(true);
      expect(attributes.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(attributes.subject).not.toBe('');
    }),
  );
});

test('sequences of CloudEvents sort as text the way they sort as numbers', () => {
  const textOf = (sequence: number): string =>
    JSON.parse(bodyOf('cloudevents', { ...event, sequence }, {}, recipient, hub).body).sequence;
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (one, other) => {
      expect(textOf(one) < textOf(other)).toBe(one < other);
    }),
  );
});
