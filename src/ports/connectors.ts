import type { Connector } from '#kit';
import type { Candidate } from './directory.ts';
import type { OutboundResult } from './http.ts';
import type { LeasedDelivery } from './store.ts';

/** The connectors that this installation has switched on. A connector that is not among them is never loaded. */
export type Connectors = {
  ids: readonly string[];
  /** Null where it is not switched on. */
  load(id: string): Promise<Connector | null>;
  /** What the vendor gave this installation: null where the operator has not set it. */
  app(id: string): VendorApp | null;
  /** Where a stand-in answers for a vendor's origin, on a machine without one; else the origin itself. */
  originOf(origin: string): string;
};
export type VendorApp = { clientId: string; clientSecret: string; signingSecret: string };

/** What one delivery did at a vendor: `OutboundResult` for connections. */
export type CarriedResult = {
  kind: 'carried';
  outcome: 'applied' | 'permanent' | 'transient' | 'unknown' | 'reconnect';
  /** The vendor's word, or ours: `channel_not_found`. */
  code: string;
  /** For people: what was done, or what they can do. */
  detail: string;
  retryAfterMs: number;
  /** Whether the lane should slow down. */
  isOverload: boolean;
  durationMs: number;
};

/** What an attempt came to: at an endpoint, or through a connection. */
export type AttemptResult = OutboundResult | CarriedResult;

/** Takes a delivery to a connection, where an endpoint would get a request. Never throws for what a vendor says. */
export type Carrier = {
  carry(delivery: LeasedDelivery, candidate: Candidate, body: string): Promise<CarriedResult | CarryLater>;
};
/** Not tried: somebody else is at the same thing, or the breaker is open. No try is spent. */
export type CarryLater = { kind: 'later'; reason: string; afterMs: number };
