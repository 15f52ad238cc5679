export type { FailureCode, Http, OutboundRequest, OutboundResult, RefusalCode } from './http.ts';
export type {
  AttemptResult,
  CarriedResult,
  Carrier,
  CarryLater,
  Connectors,
  VendorApp,
} from './connectors.ts';
export type { Candidate, Directory, Lookup } from './directory.ts';
export {
  type Admission,
  type Ask,
  type Carried,
  type Cap,
  type CapLevel,
  type CapState,
  type EpochMark,
  type Gate,
  rememberTokenMs,
  type Standing,
} from './gate.ts';
export type { Queue } from './queue.ts';
export type { Chance, Clock, Digest, Log, LogFields, Meter, SealedFor, Vault } from './small.ts';
export type {
  CandidateRow,
  Db,
  Env,
  EventRecord,
  LeaseAsk,
  LeasedDelivery,
  NewDelivery,
  NewEvent,
  NewReceipt,
  PublishAnswer,
  PublishedEvent,
  Rows,
  Settlement,
  Statement,
  Store,
} from './store.ts';
export type { Ed25519Pair, SignatureKeys, SignContent } from './signing.ts';
export type { Holder, Usage, UsageCounts } from './usage.ts';
