import { expect, test } from 'vitest';
import { createBodies } from '../../bench/load/bodies.ts';
import type { LoadPlan } from '../../bench/load/plan.ts';
import { headerOf, readRequest } from '../../bench/sink/request.ts';
import { stampMicros } from '../../bench/stamps.ts';
import { bookingTemplate } from '../../bench/template.ts';
import { validate } from '../../src/catalog/index.ts';

const due = 1_795_273_445_123_456;
const plan = (extra: Partial<LoadPlan>): LoadPlan => ({
  url: '',
  headers: {},
  events: bookingTemplate(['acc_1']),
  eventsPerPost: 1,
  connections: 1,
  seconds: 1,
  ...extra,
});

test('each event is valid, about a booking of its own, and tells when it was due', () => {
  const body = createBodies(plan({}));
  const [one, other] = [JSON.parse(body(due)), JSON.parse(body(due))];
  expect(validate(one.type, one.schema_version, one.data)).toMatchObject({ ok: true });
  expect(one.subject).not.toBe(other.subject);
  expect(one.subject).toBe(`bookings/${one.data.booking_id}`);
  expect(stampMicros(one.subject.slice(-26))).toBe(due);
});

test('every so many events one is for the others', () => {
  const alternate = { events: bookingTemplate(['acc_2']), every: 4 };
  const { events } = JSON.parse(createBodies(plan({ eventsPerPost: 8, alternate }))(due));
  expect(events.map((event: { audience: string[] }) => event.audience[0])).toEqual([
    'acc_1',
    'acc_1',
    'acc_1',
    'acc_2',
    'acc_1',
    'acc_1',
    'acc_1',
    'acc_2',
  ]);
});

test('the sink reads a request once it is whole, whatever the spelling of its headers', () => {
  const whole = 'POST /e/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nWebhook-Id: dlv_1\r\n\r\nbody';
  for (let cut = 0; cut < whole.length; cut += 1) expect(readRequest(whole.slice(0, cut))).toBeUndefined();
  const request = readRequest(`${whole}POST`);
  expect(request).toMatchObject({ path: '/e/1', body: 'body', length: whole.length });
  expect(headerOf(request?.head ?? '', 'webhook-id')).toBe('dlv_1');
});

test('the sink refuses a body of unknown length', () => {
  expect(() => readRequest('POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n')).toThrow(
    'content-length',
  );
});
