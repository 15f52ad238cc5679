import type { Env } from '#src/ports';
import type { EpochSnapshot, IntentKind } from '#src/store';

/** Where it comes from, as staff approve it: an app for all its people, an account by itself, a connector as a whole. */
export type IntentSource = `app:${string}` | `account:${string}` | `connector:${string}`;

export type IntentAsk = {
  kind: IntentKind;
  env: Env;
  source: IntentSource;
  connectionId: string | null;
  /** Null: a partner asks for itself. */
  accountId: string | null;
  userId: string | null;
  grantId: string | null;
  appId: string | null;
  partnerId: string | null;
  /** What it hangs on (the token's, the grant's): asked at the gate together with the caps. */
  epochs: EpochSnapshot;
  /** The asker's, or the vendor's, own id of it, 1 to 200 characters: the same twice is one intent. */
  externalRef: string;
  /** As the kind has it (./kinds.ts); checked here. */
  body: unknown;
  idempotencyKey: string | null;
  /** The kinds that the account, the connection or the scope has switched on. */
  switchedOn: readonly string[];
  /** For the trail. */
  actor: string;
  requestId: string | null;
};
