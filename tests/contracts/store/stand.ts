import type { Env, NewDelivery, NewEvent, NewReceipt, PublishAnswer, Settlement, Store } from '#src/ports';

/**
 * What a case of the contract stands on. The store is shared with the other cases, so every name is the case's own.
 * No vitest here: on D1 the same cases run inside workerd.
 */
export type Stand = { store: Store; name(kind: string): string };
export type Case = { title: string; prove(stand: Stand): Promise<void> };

export function standOn(store: Store, tag: string): Stand {
  let count = 0;
  return { store, name: (kind) => `${kind}_${tag}${String((count += 1)).padStart(5, '0')}` };
}

export const atMs = 1_795_000_000_000;

export function receiptOf(stand: Stand, over: Partial<NewReceipt> = {}): NewReceipt {
  return {
    id: stand.name('rcp'),
    tokenId: null,
    receivedAtMs: atMs,
    body: '{}',
    idempotencyId: null,
    fingerprint: 'print',
    ...over,
  };
}

export function eventOf(stand: Stand, over: Partial<NewEvent> = {}): NewEvent {
  return {
    id: stand.name('evt'),
    env: 'live',
    type: 'booking.confirmed',
    schemaVersion: 1,
    stream: 'bookings',
    occurredAtMs: atMs - 5,
    acceptedAtMs: atMs,
    city: 'houston',
    subject: stand.name('bookings/bkg'),
    audience: [],
    dataJson: '{"z":1,"a":{"y":2,"b":3}}',
    state: 'accepted',
    reasonsJson: '[]',
    fingerprint: 'print',
    critical: false,
    entity: null,
    matchedVersion: 1,
    deliveries: [],
    expandTaskId: null,
    ...over,
  };
}

export function deliveryOf(stand: Stand, over: Partial<NewDelivery> = {}): NewDelivery {
  return {
    id: stand.name('dlv'),
    subscriptionId: stand.name('sub'),
    grantId: stand.name('grt'),
    accountId: stand.name('acc'),
    state: 'pending',
    reason: 'new',
    dueAtMs: atMs,
    leaseId: null,
    line: null,
    ...over,
  };
}

export function settlementOf(
  stand: Stand,
  of: { id: string; leaseId: string },
  over: Partial<Settlement> = {},
): Settlement {
  return {
    deliveryId: of.id,
    leaseId: of.leaseId,
    mark: stand.name('att'),
    state: 'delivered',
    reason: 'ok',
    dueAtMs: null,
    nowMs: atMs + 50,
    attempt: {
      startedAtMs: atMs + 10,
      durationMs: 12,
      outcome: 'delivered',
      status: 200,
      stage: 'after',
      detail: '',
      answer: 'ok',
    },
    ...over,
  };
}

/** Published as one call, matched against the set as it is. */
export async function publish(
  stand: Stand,
  events: NewEvent[],
  receipt: Partial<NewReceipt> = {},
): Promise<PublishAnswer> {
  const matchedVersion = await stand.store.version();
  return stand.store.publish(
    receiptOf(stand, receipt),
    events.map((event) => ({ ...event, matchedVersion })),
  );
}

/** Events of one lane, a delivery each, due one after the other. */
export async function fillLane(
  stand: Stand,
  lane: string,
  dueAtMs: (number | null)[],
  over: Partial<NewDelivery> = {},
): Promise<string[]> {
  const deliveries = dueAtMs.map((due) => deliveryOf(stand, { subscriptionId: lane, dueAtMs: due, ...over }));
  const subject = stand.name('bookings/line');
  const line = over.line === undefined ? {} : { subject };
  await publish(
    stand,
    deliveries.map((delivery) => eventOf(stand, { ...line, deliveries: [delivery] })),
  );
  return deliveries.map((delivery) => delivery.id);
}

export async function leaseIds(
  stand: Stand,
  lanes: [lane: string, room: number][],
  nowMs: number,
  untilMs: number,
): Promise<string[]> {
  const leased = await lease(stand, lanes, nowMs, untilMs);
  return leased.map((delivery) => delivery.id);
}

export function lease(stand: Stand, lanes: [lane: string, room: number][], nowMs: number, untilMs: number) {
  return stand.store.lease({
    leaseId: stand.name('lse'),
    nowMs,
    untilMs,
    lanes: lanes.map(([subscriptionId, room]) => ({ subscriptionId, room })),
  });
}

export function accountOf(stand: Stand, over: Partial<Store['tables']['accounts']['$inferInsert']> = {}) {
  const id = stand.name('acc');
  const at = new Date(atMs);
  return {
    id,
    kind: 'organisation' as const,
    actor: null,
    name: id,
    country: 'us',
    city: null,
    timeZone: 'America/Chicago',
    status: 'active' as const,
    createdAt: at,
    updatedAt: at,
    ...over,
  };
}

export function grantOf(stand: Stand, over: Partial<Store['tables']['grants']['$inferInsert']> = {}) {
  return {
    id: stand.name('grt'),
    env: 'live' as Env,
    accountId: stand.name('acc'),
    userId: null,
    appId: null,
    partnerId: null,
    scopes: ['bookings:read'],
    epochs: { installation: ['', 0] as [string, number] },
    sinceEvent: 0,
    history: false,
    createdAt: new Date(atMs),
    endedAt: null,
    lastUsedAt: null,
    warnedAt: null,
    ...over,
  };
}

export function subscriptionOf(
  stand: Stand,
  over: Partial<Store['tables']['subscriptions']['$inferInsert']> = {},
) {
  const at = new Date(atMs);
  return {
    id: stand.name('sub'),
    env: 'live' as Env,
    owner: 'grant' as const,
    accountId: null,
    grantId: null,
    appId: null,
    partnerId: null,
    tokenId: 'tok_1',
    userId: null,
    scopes: ['bookings:read'],
    epochs: {},
    endpoint: { type: 'webhook' as const, url: 'https://sink.example/hook' },
    host: 'sink.example',
    eventTypes: ['booking.*'],
    cities: [],
    filter: null,
    schemaVersion: null,
    format: 'standard' as const,
    signature: 'v1' as const,
    ordering: 'none' as const,
    maxPerSecond: 50,
    description: '',
    state: 'active' as const,
    stateReason: null,
    publicKey: null,
    sinceEvent: 0,
    provenAt: null,
    failingSince: null,
    via: null,
    approval: null,
    approvalRule: null,
    createdAt: at,
    updatedAt: at,
    version: 1,
    ...over,
  };
}
