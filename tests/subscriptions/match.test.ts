import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventTypes, sampleEvent } from '../../src/catalog/index.ts';
import type { CandidateRow, EventRecord } from '../../src/ports/index.ts';
import { compileCandidate } from '../../src/subscriptions/compile.ts';
import { judge, testSubject } from '../../src/subscriptions/match.ts';
import { createViews } from '../../src/view/index.ts';

const at = new Date(1_795_000_000_000);
const accounts = ['acc_a', 'acc_b', 'acc_c'];
const scopeNames = [
  'bookings:read',
  'reviews:read',
  'money:read',
  'messages:read',
  'webhooks:manage',
  'rfps:read',
  'deliverables:read',
];
const cities = ['houston', 'austin'];
const someTypes = [
  'booking.confirmed',
  'booking.cancelled',
  'review.published',
  'escrow.released',
  'message.direct',
  'integration.test',
  'rfp.created',
];
const patterns = [
  'booking.confirmed',
  'booking.*',
  '*',
  'review.*',
  'message.direct',
  'integration.test',
  'escrow.released',
];
const filters = [
  null,
  {},
  { city: 'houston' },
  { type: 'booking.confirmed' },
  { type: { $in: ['review.published', 'booking.cancelled'] } },
  { 'data.booking_id': { $exists: true } },
];

/** Eleven conditions at even odds would hardly ever all hold: most of each draw is what fits. */
const mostly = <T>(fitting: T, any: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(fitting) }, { weight: 1, arbitrary: any });
const eventPosition = mostly(6, fc.integer({ min: 0, max: 6 }));
const since = mostly(0, fc.integer({ min: 0, max: 6 }));
const env = mostly<'live' | 'test'>('live', fc.constantFrom('live', 'test'));
const event: fc.Arbitrary<EventRecord> = fc
  .record({
    type: fc.constantFrom(...someTypes),
    position: eventPosition,
    env,
    city: fc.constantFrom(null, ...cities),
    subject: fc.constantFrom('bookings/bkg_1', testSubject('sub_1'), testSubject('sub_2')),
    audience: mostly(accounts, fc.subarray(accounts, { minLength: 1 })),
  })
  .map((some) => ({
    ...some,
    id: 'evt_1',
    schemaVersion: eventTypes.get(some.type)!.latest,
    occurredAtMs: at.getTime(),
    acceptedAtMs: at.getTime(),
    sequence: 1,
    critical: false,
    data: sampleEvent(some.type),
  }));
const epochs = fc.record({ grant: mostly<[string, number]>(['grt_1', 1], fc.constant(['grt_1', 0])) });
const row: fc.Arbitrary<CandidateRow> = fc.record({
  accountStatus: mostly('active', fc.constantFrom('suspended', 'closed', 'erased')),
  grant: fc.record({
    id: fc.constant('grt_1'),
    accountId: fc.constantFrom(...accounts),
    scopes: mostly(scopeNames, fc.subarray(scopeNames)),
    epochs,
    sinceEvent: since,
    history: fc.boolean(),
  }),
  subscription: fc
    .record({
      env,
      eventTypes: mostly(patterns, fc.subarray(patterns, { minLength: 1 })),
      cities: mostly<string[]>([], fc.subarray(cities)),
      scopes: mostly(scopeNames, fc.subarray(scopeNames)),
      filter: fc.constantFrom(...filters),
      state: fc.constantFrom('active' as const, 'paused' as const, 'disabled' as const),
      approval: mostly<'approved' | 'pending' | 'refused' | null>(
        null,
        fc.constantFrom('approved', 'pending', 'refused'),
      ),
      sinceEvent: since,
      epochs,
    })
    .map((some) => ({
      ...withField(some),
      id: 'sub_1',
      owner: 'grant' as const,
      accountId: null,
      grantId: 'grt_1',
      appId: null,
      partnerId: null,
      tokenId: 'tok_1',
      userId: null,
      endpoint: { type: 'webhook' as const, url: 'https://sink.example/' },
      host: 'sink.example',
      schemaVersion: null,
      format: 'standard' as const,
      signature: 'v1' as const,
      ordering: 'none' as const,
      maxPerSecond: 50,
      description: '',
      stateReason: null,
      publicKey: null,
      provenAt: null,
      failingSince: null,
      via: null,
      approvalRule: null,
      createdAt: at,
      updatedAt: at,
      version: 1,
    })),
});
/** A filter may only name a field that one of the types has: such a subscription could not be made. */
function withField<S extends { eventTypes: string[]; filter: unknown }>(subscription: S): S {
  const needsBooking = JSON.stringify(subscription.filter).includes('booking_id');
  return needsBooking
    ? { ...subscription, eventTypes: [...subscription.eventTypes, 'booking.confirmed'] }
    : subscription;
}
const gate = fc.record({ epoch: fc.constantFrom(0, 1), isSuspended: fc.boolean() });
type GateFacts = { epoch: number; isSuspended: boolean };

/** Read from the contract, with none of the product's own words for it: every condition by itself, no order, no cache. */
function expected(
  e: EventRecord,
  { accountStatus, grant, subscription: s }: CandidateRow,
  facts: GateFacts,
  reach: string,
): 'now' | 'held' | 'no' {
  const type = eventTypes.get(e.type)!;
  const isNew = e.position === 0;
  const isWanted = s.eventTypes.some(
    (pattern) =>
      pattern === e.type ||
      (type.defaultOn &&
        (pattern === '*' || (pattern.endsWith('.*') && pattern.slice(0, -2) === e.type.split('.')[0]))),
  );
  // One of the filters above, which hold nothing else.
  const filter = s.filter as {
    city?: string;
    type?: string | { $in: string[] };
    'data.booking_id'?: unknown;
  } | null;
  const isOneOf = (wanted: string | { $in: string[] } | undefined): boolean =>
    wanted === undefined || (typeof wanted === 'string' ? [wanted] : wanted.$in).includes(e.type);
  const snapshots = [s.epochs.grant![1], grant.epochs['grant']![1]];
  const conditions = [
    isNew || reach === 'consent' || e.position > s.sinceEvent,
    isNew || grant.history || e.position > grant.sinceEvent,
    e.env === s.env,
    e.audience.includes(grant.accountId),
    e.type !== 'integration.test' ||
      !e.subject.startsWith('subscriptions/') ||
      e.subject === 'subscriptions/sub_1',
    isWanted,
    grant.scopes.includes(type.scope) && s.scopes.includes(type.scope),
    s.cities.length === 0 || (e.city !== null && s.cities.includes(e.city)),
    filter?.city === undefined || e.city === filter.city,
    isOneOf(filter?.type),
    filter?.['data.booking_id'] === undefined || 'booking_id' in e.data,
    snapshots.every((value) => value >= facts.epoch),
    !['closed', 'erased'].includes(accountStatus),
    s.approval === null || s.approval === 'approved',
  ];
  if (conditions.includes(false)) return 'no';
  return accountStatus === 'suspended' || facts.isSuspended || s.state !== 'active' ? 'held' : 'now';
}

const gateOf = ({ epoch, isSuspended }: GateFacts) => ({
  standing: (...snapshots: { grant?: [string, number] }[]) =>
    snapshots.some((one) => (one.grant?.[1] ?? 0) < epoch)
      ? ('revoked' as const)
      : isSuspended
        ? ('suspended' as const)
        : ('valid' as const),
});

describe('judge', () => {
  test('agrees with an independent reading of the contract on any subscription and event', () => {
    const seen = { now: 0, held: 0, no: 0 };
    fc.assert(
      fc.property(
        event,
        row,
        gate,
        fc.constantFrom('subscription' as const, 'consent' as const),
        (e, r, facts, reach) => {
          const verdict = judge(createViews(e), compileCandidate(r), gateOf(facts), reach);
          const want = expected(e, r, facts, reach);
          seen[want]++;
          expect(verdict.send).toBe(want);
        },
      ),
      { numRuns: 5_000 },
    );
    // Else the property would prove little more than that most things do not match.
    expect(Math.min(seen.now, seen.held, seen.no)).toBeGreaterThan(50);
  });

  test('agrees also where all but one condition hold', () => {
    const good = fc
      .sample(fc.tuple(event, row), { numRuns: 2_000, seed: 7 })
      .filter(([e, r]) => expected(e, r, { epoch: 0, isSuspended: false }, 'subscription') === 'now');
    expect(good.length).toBeGreaterThan(100);
    fc.assert(
      fc.property(
        fc.constantFrom(...good),
        event,
        row,
        gate,
        fc.nat(8),
        ([e, r], otherEvent, otherRow, facts, which) => {
          const spoilt = spoil(e, r, otherEvent, otherRow, which);
          const verdict = judge(createViews(spoilt.event), compileCandidate(spoilt.row), gateOf(facts));
          expect(verdict.send).toBe(expected(spoilt.event, spoilt.row, facts, 'subscription'));
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

function spoil(
  e: EventRecord,
  r: CandidateRow,
  otherEvent: EventRecord,
  otherRow: CandidateRow,
  which: number,
): { event: EventRecord; row: CandidateRow } {
  const event = {
    ...e,
    ...[
      { position: otherEvent.position },
      { env: otherEvent.env },
      { audience: otherEvent.audience },
      { city: otherEvent.city },
    ][which],
  };
  const { grant, subscription } = otherRow;
  const grants = [{ scopes: grant.scopes }, { sinceEvent: grant.sinceEvent, history: grant.history }][
    which - 4
  ];
  const subscriptions = [
    { filter: subscription.filter },
    { eventTypes: subscription.eventTypes },
    { scopes: subscription.scopes },
  ][which - 6];
  return {
    event,
    row: {
      ...r,
      grant: { ...r.grant, ...grants },
      subscription: withField({ ...r.subscription, ...subscriptions }),
    },
  };
}
