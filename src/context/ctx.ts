import type { Ids } from '#src/columns';
import type {
  Carrier,
  Chance,
  Clock,
  Connectors,
  Digest,
  Directory,
  Env,
  Gate,
  Http,
  Log,
  Meter,
  Queue,
  SignatureKeys,
  Store,
  Usage,
  Vault,
} from '#src/ports';
import type { EpochSnapshot } from '#src/store';
import type { Settings } from './settings.ts';

/** All that a host lends. A room takes the few it needs: `Pick<Ports, 'store' | 'clock'>`. */
export type Ports = {
  store: Store;
  gate: Gate;
  directory: Directory;
  queue: Queue;
  http: Http;
  clock: Clock;
  chance: Chance;
  ids: Ids;
  digest: Digest;
  signing: SignatureKeys;
  vault: Vault;
  log: Log;
  meter: Meter;
  usage: Usage;
  connectors: Connectors;
  carrier: Carrier;
  peppers: Peppers;
  settings: Settings;
};

/** Token peppers by version; the current one hashes new tokens, older ones still verify. */
export type Peppers = { current: number; keys: ReadonlyMap<number, Uint8Array> };

/** Who calls, proven. */
export type Caller = {
  /** Of a person in a browser: the session's (`ses_`), which acts like a personal token with all that the account has. */
  tokenId: string;
  /** `w`: it has signed, and sent no token. */
  kind: 'a' | 'r' | 'c' | 'k' | 's' | 'f' | 'w';
  env: Env;
  accountId: string | null;
  userId: string | null;
  grantId: string | null;
  appId: string | null;
  partnerId: string | null;
  scopes: ReadonlySet<string>;
  epochs: EpochSnapshot;
};

/** What a verb works in: the ports, who calls, and the id that every log line and problem document carries. */
export type Ctx = Ports & { caller: Caller; requestId: string };

/** Who is written into the audit trail: of a session, the person; of staff, `staff:usr_…`. */
export const actorOf = ({ tokenId, userId }: Caller): string =>
  userId !== null && (tokenId.startsWith('ses_') || userId.startsWith('staff:'))
    ? userId
    : `token:${tokenId}`;
