import type { ConnectorCtx } from './ctx.ts';

/** What a vendor sent, as it came: signatures are over the raw bytes. */
export type Received = {
  method: string;
  /** The public one, whatever proxies made of it. */
  url: string;
  headers: Headers;
  raw: Uint8Array;
};

export type Verified = { ok: true } | { ok: false; why: string };

/** What a message from a vendor may ask of the hub. */
export type InboundHub = {
  now(): Date;
  /** The connection of this connector whose `connected` told this account id; all of them where several users did. */
  ofAccount(accountId: string): Promise<Desk[]>;
  /** The connection in the address, where `inbound.of` is `connection`. */
  own: Desk | null;
  /** False where a message with this id was taken before: it is to be answered, and nothing done again. */
  once(id: string): Promise<boolean>;
};

/** What may be done in the name of one connection. */
export type Desk = {
  connectionId: string;
  facts: Readonly<Record<string, unknown>>;
  status(): Promise<{
    state: string;
    subscriptions: readonly {
      id: string;
      eventTypes: readonly string[];
      state: string;
      description: string;
      /** `endpoint.options`, as the manifest's schema read it. */
      options: unknown;
    }[];
  }>;
  /** The key of what we made there, by its id at the vendor (`Ref.id`) and by how its key begins; null: none of ours. */
  keyOf(refId: string, begins: string): Promise<string | null>;
  /** Pauses what it sends; null: until somebody resumes it. */
  mute(forMs: number | null): Promise<void>;
  unmute(): Promise<void>;
  /** Sends `integration.test` by each of its subscriptions. */
  test(): Promise<{ sent: number }>;
  /** The vendor says that it ended: no credential is used again, and the user is asked to connect anew. */
  disconnected(why: string): Promise<void>;
  /** Something has changed there: `sync` is asked soon. */
  changed(): Promise<void>;
  /** `off`: the account has not switched this kind on. Unsure of who asked? Then do not call it. */
  ask(intent: IntentDraft): Promise<'recorded' | 'known' | 'off' | 'refused'>;
  /**
   * As `ctx.fetch`, for an answer that the vendor takes at an address of its own (Slack's `response_url`). Its deadline is
   * short, 2 s: the vendor waits for our answer meanwhile.
   */
  fetch: ConnectorCtx['fetch'];
  link(path: string): string;
};

/** `key` is the vendor's id of what happened: the same twice is one intent. */
export type IntentDraft =
  | { kind: 'booking.respond'; key: string; subject: string; response: 'accept' | 'decline'; note?: string }
  | { kind: 'rfp.stage'; key: string; subject: string; stage: string };
