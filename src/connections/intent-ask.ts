import type { IntentDraft } from '#kit';
import type { IntentAsk } from '#src/intents';
import type { ConnectionRow } from './find.ts';

/** What a vendor's user asked for, in the name of the connection's account. */
export const intentAskOf = (row: ConnectionRow, { kind, key, ...body }: IntentDraft): IntentAsk => ({
  kind,
  env: row.env,
  source: `connector:${row.connector}`,
  connectionId: row.id,
  accountId: row.accountId,
  userId: row.userId,
  grantId: row.grantId,
  appId: row.appId,
  partnerId: row.partnerId,
  epochs: row.epochs,
  externalRef: key,
  body,
  idempotencyKey: null,
  switchedOn: row.intents,
  actor: `connection:${row.id}`,
  requestId: null,
});
