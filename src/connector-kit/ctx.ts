import type { Ref } from './outcome.ts';

/** What a connector may do, for one connection. There is no other way out. */
export type ConnectorCtx<Options = unknown> = {
  /**
   * Injects the credential, holds the list of hosts, the deadline, the size of the answer, the vendor's limits, and the
   * log, in which no secret stands. Never follows a redirect. Throws `NoAnswer`, which a connector need not catch.
   * `secret:<name>` stands for an address of the vault.
   */
  fetch(url: string, init?: FetchInit): Promise<Response>;
  /** `con_…`: what client-chosen ids are derived from, with `stableId`. */
  connectionId: string;
  options: Options;
  /** What `connected` and `setUp` have told. */
  facts: Facts;
  /** Scopes that the user gave. */
  scopes: ReadonlySet<string>;
  /** Options of `manifest.approvals` that staff have approved for what is delivered; absent: none. */
  approved?: ReadonlySet<string>;
  now(): Date;
  /** What stands, or last stood, at the vendor for this key, made by us. */
  ref(key: string): Promise<Ref | undefined>;
  /** A note of this op's own that outlives a crash: where an upload stands. */
  saved(): Promise<unknown>;
  save(note: unknown): Promise<void>;
  /** Facts that have changed meanwhile: another folder in place of one that the user deleted. Put over what was known. */
  learn(facts: Facts): Promise<void>;
  /** An address of the hub's for people: `/portal/…`. */
  link(path: string): string;
  /** Where the vendor sends to (`inbound`). */
  inboundUrl: string;
  /** What the vendor gives back there to prove that it is the vendor: a channel token. Of this connection alone. */
  inboundSecret: string;
};

export type FetchInit = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `authorization` is the hub's. */
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Whose limit it counts against, where the manifest has one per resource: a channel, a base. */
  resource?: string;
  /** `none`: the address itself is the credential, or needs none. Default: the connection's own. */
  credential?: 'none';
};

/** Plain JSON: the workspace, the channel, the calendar that was made. Shown to the account's people, so no secret. */
export type Facts = Readonly<Record<string, unknown>>;

/** No answer came. `sent` is true once a byte may have reached the vendor: then nobody knows what it has done. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
  readonly code: string;
  readonly sent: boolean;
  constructor(code: string, sent: boolean) {
    super(`no answer: ${code}`);
    this.code = code;
    this.sent = sent;
  }
}
