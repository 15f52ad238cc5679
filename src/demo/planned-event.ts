/** An event that the marketplace will publish at a minute of the day. `event` is exactly what goes over the wire. */
export type PlannedEvent = {
  minute: number;
  event: WireEvent;
  /** What the hub should say of it; all but the odd ones are taken. */
  expect: 'accepted' | 'quarantined' | 'invalid';
};

export type WireEvent = {
  id: string;
  type: string;
  occurred_at: string;
  city: string;
  subject: string;
  audience: string[];
  data: Record<string, unknown>;
};
