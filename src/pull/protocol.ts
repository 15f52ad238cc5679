/**
 * What a hub and its pull workers say to each other. A worker is told what to send where and how fast, and nothing
 * that signs, reads or authorises. Durations instead of instants: two machines' clocks never agree.
 */
import * as z from 'zod';
import { idPattern } from '#src/columns';
import type { LaneFacts } from '#src/deliveries';
import type { OutboundRequest, OutboundResult } from '#src/ports';

export const pullPaths = {
  ask: '/internal/v1/leases',
  renew: '/internal/v1/leases/renew',
  settle: '/internal/v1/leases/settle',
  withdrawn: '/internal/v1/leases/withdrawn',
} as const;
export const relayPath = '/internal/v1/send';

export const maxOutcomes = 100;
export const maxPermits = 500;
export const maxRenewed = 500;
export const maxLanes = 500;

const worker = z.string().regex(idPattern('wrk'));
const lane = z.string().regex(idPattern('sub'));
const lease = z.strictObject({
  deliveryId: z.string().regex(idPattern('dlv')),
  leaseId: z.string().min(1).max(64),
});

/** What a worker has room for. Waits up to `waitMs` for something to be due. */
export const askShape = z.strictObject({
  worker,
  /** How long this worker has been asking. */
  upMs: z.int().min(0),
  /** In all. */
  room: z.int().min(1).max(1_000),
  /** Lanes that it holds something of. Another lane, and one of null, has the room that a lane begins with. */
  lanes: z.array(z.strictObject({ id: lane, room: z.int().min(0).max(512).nullable() })).max(maxLanes),
  /** Nothing but these lanes. */
  isOnlyThese: z.boolean(),
  /** `next` of the answer before: every lane has its turn. */
  after: z.string().max(64),
  waitMs: z.int().min(0).max(10_000),
});
export type Ask = z.output<typeof askShape>;

export type PlainRequest = Omit<OutboundRequest, 'mayStillSend'>;
export type PulledDelivery = {
  deliveryId: string;
  leaseId: string;
  leaseMs: number;
  lane: string;
  isCritical: boolean;
  /** The next of its line can be leased once this one is settled. */
  isOrdered: boolean;
  request: PlainRequest;
  /** What is asked after in `withdrawn`. Deliveries of one subscription under one grant share it. */
  permit: string;
};
export type AskAnswer = {
  deliveries: PulledDelivery[];
  lanes: (LaneFacts & { hasMore: boolean })[];
  /** Lanes of the ask that another worker serves from now on. */
  moved: string[];
  next: string;
  /** Of the time that this call took: all was still permitted when it had lasted so long. */
  asOfMs: number;
  limits: { hostMaxPerSecond: number; hostMaxInFlight: number };
};

export const renewShape = z.strictObject({ leases: z.array(lease).min(1).max(maxRenewed) });
export type RenewAnswer = { leaseMs: number; lost: string[] };

/** Answers at once when one of them no longer stands, else after `waitMs`. */
export const withdrawnShape = z.strictObject({
  permits: z.array(z.string().max(200)).min(1).max(maxPermits),
  waitMs: z.int().min(0).max(5_000),
});
export type WithdrawnAnswer = { withdrawn: string[]; asOfMs: number };

const refusals = [
  'url_invalid',
  'scheme_refused',
  'credentials_in_url',
  'port_refused',
  'address_refused',
] as const;
const failures = [
  'dns_failed',
  'connect_failed',
  'tls_failed',
  'timeout',
  'reset',
  'protocol_error',
] as const;
const durationMs = z.number().min(0).max(600_000);
const detail = z.string().max(1_000);
const address = z.string().max(64).nullable();

/** An issuer's keys with their certificates may have this much. */
const maxKeptBytes = 65_536;

export const resultShape = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('answered'),
    status: z.int().min(200).max(999),
    headers: z.record(z.string(), z.string().max(16_384)),
    body: z.string().max(maxKeptBytes),
    bodyBytes: z.int().min(0),
    answerEnd: z.enum(['complete', 'cut', 'stalled', 'broken']),
    durationMs,
    address,
  }),
  z.strictObject({ kind: z.literal('refused'), code: z.enum(refusals), detail, durationMs }),
  z.strictObject({ kind: z.literal('withdrawn'), durationMs }),
  z.strictObject({
    kind: z.literal('failed'),
    code: z.enum(failures),
    detail,
    sent: z.boolean(),
    durationMs,
    address,
  }),
]) satisfies z.ZodType<OutboundResult>;

export const settleShape = z.strictObject({
  worker,
  outcomes: z
    .array(
      z.strictObject({
        ...lease.shape,
        /** How long ago the attempt began. */
        agoMs: z.int().min(0),
        permit: z.string().max(200),
        /** Null: it was not tried, and goes back. */
        result: resultShape.nullable(),
      }),
    )
    .max(maxOutcomes),
  /** This worker asks no more: its lanes go to the others at once. */
  isLeaving: z.boolean(),
});
export type Settle = z.output<typeof settleShape>;
export type SettledOutcome = Settle['outcomes'][number];
/** `lost`: the lease was not this worker's any more, so nothing was written. */
export type SettleAnswer = { settled: string[]; lost: string[] };

export const sendShape = z.strictObject({
  request: z.strictObject({
    url: z.string().max(4_096),
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    headers: z.record(z.string().max(256), z.string().max(16_384)),
    body: z.string().optional(),
    deadlineMs: z.int().min(1).max(60_000),
    maxAnswerBytes: z
      .int()
      .min(0)
      .max(1024 * 1024),
    keepAnswerBytes: z.int().min(0).max(maxKeptBytes),
  }),
  /** After this long without a byte sent it ends in `withdrawn`, and whoever asked decides again. */
  permitMs: z.int().min(1).max(60_000),
});
export type Send = z.output<typeof sendShape>;
