import type { Failed, Outcome, Received } from '#kit';

/**
 * What a connector's folder brings to be proved, as `export const conformance` of `connectors/<id>/conformance.ts`. All of
 * it is data and pure functions, since every case runs in workerd too. README.md beside this file tells how to write it.
 */
export type Conformance<Options = unknown, Kind extends string = string> = {
  /** A new vendor, empty, for each case. The token that we send it holds these scopes. */
  standIn(scopes: ReadonlySet<string>): StandIn;
  /** One for each tier at least. */
  connections: readonly Connection<Options>[];
  /**
   * What happens, in order; each kind of op is planned by one of these events at least, for one connection or another.
   * Of one `seed` all are about the same booking, RFP or deliverable.
   */
  story: readonly Scene[];
  /** Each row of the table of what this vendor answers, and what the connector makes of it. */
  answers: readonly Answer<Kind>[];
  /** Fields whose privacy is `personal` or stricter and that may be in what leaves: `buyer.name`. Others may not. */
  personal?: readonly string[];
  /** Where the manifest has `inbound`. */
  inbound?: Messages;
  /** A file of tests/vendor-specs that every request is held against, on Node, by the host that serves it. */
  specifications?: Readonly<Record<string, string>>;
};

/** The vendor's API, as far as the connector uses it. It refuses what the vendor refuses, a missing scope too. */
export type StandIn = {
  /** Pure: no clock, no chance, no network. `authorization` is there as the hub adds it. */
  answer(request: Request): Promise<Response>;
  /**
   * What a person at the vendor sees of ours: messages, events, files, deals. JSON, by what is in them and not by ids or
   * times that the vendor chose; nothing that was deleted. The order does not matter.
   */
  objects(): readonly unknown[];
};

export type Connection<Options = unknown> = {
  /** For the titles of the cases: `one channel`. */
  name: string;
  /** Of the manifest; where it has `oauth2`. */
  tier: string;
  options: Options;
  /** The vendor's answer at its token endpoint, secrets and all; obviously fake ones. Where `auth` is `oauth2`. */
  tokenAnswer?: Readonly<Record<string, unknown>>;
  /** Where `auth` is `secret-url`: what the user pastes. */
  secretUrl?: string;
};

/** One event, with the data of the catalogue's sample; the same `seed` (1) gives the same booking. */
export type Scene = {
  type: string;
  seed?: number;
  /** Put over the sample's data, field by field at its top. */
  data?: Readonly<Record<string, unknown>>;
};

export type Answer<Kind extends string = string> = {
  /** What has happened there: `the channel was archived`. */
  when: string;
  /** The op that meets it: the first of this kind in the story. Default: the first of all. */
  kind?: Kind;
  /** The call that is answered so: method and the beginning of its path. Default: the one that changes something. */
  on?: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;
  status: number;
  headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  body?: string | Readonly<Record<string, unknown>>;
  /** What `deliver` gives back; fields that are not named may be anything. */
  outcome: Partial<Extract<Outcome, { ok: true }>> | (Partial<Failed> & Pick<Failed, 'kind'>);
};

/** What the vendor sends, and how it signs. */
export type Messages = {
  /** As the vendor would send this body at this moment. */
  send(body: string, secret: string, at: Date): Promise<Received>;
  /** `body`: a flipped byte is found. `sender`: the vendor sends nothing but a shared token. */
  proves: 'body' | 'sender';
  bodies: readonly {
    name: string;
    body: string;
    /** What `receive` answers, where it is more than a 2xx: a challenge. */
    reply?: string;
    /** How many intents it asks for, where the account has switched them on. Default: 0. */
    asks?: number;
  }[];
  /** Of the connection that `inbound.of: 'app'` finds by. Default: what `connected` told. */
  accountId?: string;
  /** `keyOf` answers so for these ids at the vendor. Default: its second argument and the id. */
  keys?: Readonly<Record<string, string>>;
};
