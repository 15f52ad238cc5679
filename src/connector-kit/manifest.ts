import type * as z from 'zod';
import type { IntentDraft } from './inbound.ts';

/**
 * What a connector is: the one source of the consent page, the egress list, the rate gate, the gallery and the table in
 * `docs/connectors.md`. The conformance suite holds the code to it.
 */
export type Manifest<Options, Kind extends string> = {
  /** The folder's name: lower-case letters, digits and hyphens. */
  id: string;
  /** As the vendor writes it. */
  name: string;
  /** One line for the gallery: what the user gets. */
  summary: string;
  /** Of the connector, semver. */
  version: string;
  /** `endsAt`: when the vendor switches this version off, where they have said so (YYYY-MM-DD). */
  vendorApi: { name: string; endsAt?: string };
  auth: Auth;
  /** The first is what a user gets who asks for nothing more. */
  tiers: readonly Tier[];
  /** Every scope says which feature needs it, and is needed by one at least. */
  scopes: Readonly<
    Record<string, { why: string; kinds: readonly (Kind | 'health' | 'inbound' | 'set-up')[] }>
  >;
  /** Host names that `ctx.fetch` reaches; `*.example.com` takes every name below. All else is refused. */
  hosts: readonly string[];
  /** Event types that it can plan from, `booking.*` among them. */
  consumes: readonly string[];
  /** What a test becomes there, for people: `a test entry in your calendar`. Where it consumes `integration.test`. */
  test?: string;
  /** What a subscription to a connection carries in `endpoint.options`. Unknown fields are refused. */
  options: z.ZodType<Options>;
  /** The same for a person: one field each, in the order of the form. */
  form: readonly FormField[];
  /** Options that do nothing, where they are switched on, until staff approve them; each with why, for staff. */
  approvals?: Readonly<Record<string, string>>;
  limits: readonly Limit[];
  /** How a second try of each kind is kept from doing a second thing. `none` needs `reconcile`. */
  idempotency: Readonly<Record<Kind, Idempotency>>;
  /** What `undo` can do for what was made, for people. */
  recall: string;
  inbound?: Inbound;
};

export type Idempotency = 'client-id' | 'upsert-key' | 'content-address' | 'precondition' | 'none';

export type Auth = OAuth2 | SecretUrl;

/** The authorization code flow at the vendor. The hub does all of it; the connector never sees a token. */
export type OAuth2 = {
  type: 'oauth2';
  authorizeUrl: string;
  tokenUrl: string;
  /** S256. */
  pkce: boolean;
  clientAuth: 'basic' | 'body';
  scopeSeparator: ' ' | ',';
  /** Added to the authorization request: `access_type`, `token_access_type`. */
  params?: Readonly<Record<string, string>>;
  /** null: its access tokens do not expire. `rotates`: a refresh token is good for one use. */
  refresh: { rotates: boolean } | null;
  /** How the vendor destroys the credential, or where the user does it. */
  revoke:
    | {
        url: string;
        credential: 'bearer' | 'form';
        /** The vendor has one credential for all connections to an account: it goes with the last of them. */
        isShared?: true;
      }
    | { manual: string };
  /**
   * Parts of the token answer that are secrets beside the tokens, by name and JSON pointer (RFC 6901); each is an https
   * URL that `ctx.fetch` takes as `secret:<name>`. They are sealed, and taken out of what `connected` reads.
   */
  secretUrls?: Readonly<Record<string, string>>;
};

/** The user pastes an address that is itself the credential; `ctx.fetch` takes it as `secret:url`. */
export type SecretUrl = { type: 'secret-url'; help: string; revoke: { manual: string } };

export type Tier = {
  id: string;
  name: string;
  /** What it adds, for the page on which the user chooses. */
  summary: string;
  scopes: readonly string[];
  /** Asked for, and done without where the user's admin says no. */
  optionalScopes?: readonly string[];
  /** Fields of `options` that a subscription has to have with it; the hub refuses one without. */
  needs?: readonly string[];
};

/** Tokens in a window of time, for all of the installation, for one account at the vendor, or for one `resource` of a call. */
export type Limit = { per: 'app' | 'connection' | 'resource'; tokens: number; windowMs: number };

export type FormField = {
  /** A field of `options`. */
  name: string;
  label: string;
  help?: string;
} & (
  | { type: 'text'; placeholder?: string }
  | { type: 'switch' }
  | { type: 'choice'; choices: readonly Choice[] }
  /** The vendor's own list: `choices(name, ctx)` is asked. `fills`: the field of an op's body that holds the chosen id, and what the vendor calls it. */
  | { type: 'vendor-choice'; fills?: Choice }
  /** One of the vendor's fields on the left, one of the event's on the right. */
  | { type: 'map'; from: readonly Choice[] }
);
export type Choice = { id: string; label: string };

/**
 * What the vendor sends us. `app`: at `/v1/inbound/<id>`, signed with the app's own secret. `connection`: at
 * `/v1/inbound/<id>/<connection>`, with a secret that is the connection's alone.
 */
export type Inbound = {
  of: 'app' | 'connection';
  toleranceSeconds: number;
  /** What it may ask for (`Desk.ask`, `sync`), where the account has switched that on. */
  intents?: readonly IntentDraft['kind'][];
};
