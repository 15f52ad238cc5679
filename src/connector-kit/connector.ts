import type { ConnectorCtx, Facts } from './ctx.ts';
import type { HubEvent } from './event.ts';
import type { InboundHub, IntentDraft, Received, Verified } from './inbound.ts';
import type { Choice, Manifest } from './manifest.ts';
import type { Failed, Op, Outcome, Ref } from './outcome.ts';

/**
 * One vendor. It runs unchanged on Node and on Workers: no `node:` import, no global `fetch`. Vendors' errors are data
 * (`Outcome`), tokens never enter it, `plan` is pure, and one op is at most one change at the vendor.
 */
export type Connector<Options = unknown, Kind extends string = string> = {
  manifest: Manifest<Options, Kind>;
  /** Reads the token answer, without its secrets: whose account it is, and what later calls need to know. */
  connected?(answer: Readonly<Record<string, unknown>>): Connected;
  /**
   * What this event does there; nothing: it is of no interest. Pure and the same each time: preview, test and golden
   * files live by it. The facts are those of the connection.
   */
  plan(event: HubEvent, options: Options, facts: Facts): Op<Kind>[];
  deliver(op: Op<Kind>, ctx: ConnectorCtx<Options>): Promise<Outcome>;
  /**
   * After an `unknown`: did it happen? Reads only. `absent`: it did not, and is sent again. `unknown`: this look failed,
   * and is repeated. Where the vendor can never be asked: `permanent`, with a `fix` that tells the user where to look.
   */
  reconcile?(op: Op<Kind>, ctx: ConnectorCtx<Options>): Promise<Outcome | 'absent'>;
  /** What takes back what was made under a key, or where the user does it. */
  undo?(made: { key: string; seq: number; ref: Ref }, facts: Facts): Op<Kind> | { manual: string };
  /** Makes what it needs there once: a calendar of our own, a property. Finds what is there already. */
  setUp?(ctx: ConnectorCtx<unknown>): Promise<{ ok: true; facts: Facts } | Failed>;
  /** One cheap reading call. */
  health(ctx: ConnectorCtx<unknown>): Promise<Health>;
  /** Before the credential is destroyed: stops channels. Must not fail where they are gone. */
  tearDown?(ctx: ConnectorCtx<unknown>): Promise<void>;
  /** The vendor's own list for a form field: channels, pipelines. */
  choices?(
    field: string,
    ctx: ConnectorCtx<unknown>,
  ): Promise<{ ok: true; choices: readonly Choice[] } | Failed>;
  /** Raw bytes, constant time, the window of time of the manifest, challenges among them. */
  verify?(received: Received, secret: string, now: Date): Promise<Verified>;
  /** After `verify` said yes. Answers the vendor within its own deadline. */
  receive?(received: Received, hub: InboundHub): Promise<Response>;
  /** What changed there since the cursor; undefined: from now on. Throws `Resync` where the cursor is too old. */
  sync?(cursor: string | undefined, ctx: ConnectorCtx<unknown>): Promise<Synced>;
};

export type Connected = {
  account: {
    /** The vendor's id of the workspace, account or portal; empty where the answer does not tell: then `health` is asked. */
    id: string;
    label: string;
  };
  facts: Facts;
};

export type Health = {
  ok: boolean;
  /** Whose account it is, for people. */
  account?: string;
  /** The vendor's id of that account, where `connected` could not tell it. The same for ever. */
  accountId?: string;
  missingScopes?: readonly string[];
  /** Where `ok` is false: what is wrong, classified as a delivery would be. */
  failure?: Failed;
  detail?: string;
};

export type Synced = {
  intents: readonly IntentDraft[];
  cursor: string;
  /** Ask again at once: there is another page. */
  hasMore: boolean;
};

/** The cursor is too old: begin again without one. */
export class Resync extends Error {
  override name = 'Resync';
}

/** Checks the types of a connector and gives it the shape that the registry holds. */
export const defineConnector = <Options, Kind extends string>(
  connector: Connector<Options, Kind>,
): Connector<Options, Kind> => connector;
