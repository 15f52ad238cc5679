/**
 * All that a connector may see, and the only door it imports. `kitVersion` follows semver: what stands here changes by
 * addition alone until the first number does.
 */
export { canonicalJson } from './canonical-json.ts';
export {
  type Connected,
  type Connector,
  defineConnector,
  type Health,
  Resync,
  type Synced,
} from './connector.ts';
export { type ConnectorCtx, type Facts, type FetchInit, NoAnswer } from './ctx.ts';
export type { HubEvent } from './event.ts';
export type { Desk, InboundHub, IntentDraft, Received, Verified } from './inbound.ts';
export type {
  Auth,
  Choice,
  FormField,
  Idempotency,
  Inbound,
  Limit,
  Manifest,
  OAuth2,
  SecretUrl,
  Tier,
} from './manifest.ts';
export { type ManifestDocument, manifestDocument } from './manifest-document.ts';
export type { Applied, Failed, Op, Outcome, Ref } from './outcome.ts';
export { partOf, textOf, titled } from './read-event.ts';
export { hmacSha256, isSame, readObject, retryAfterMs } from './read-answer.ts';
export { sha256Hex, stableId } from './stable-id.ts';
export { type TestDocument, testDocument, testKey, testTitle, testType } from './test-event.ts';

export const kitVersion = '1.1.0';
