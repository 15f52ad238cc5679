export { showAccount } from './account-routes.ts';
export { accountStatuses, type AccountStatus, setAccountStatus } from './account-status.ts';
export {
  type Account,
  accountActors,
  addMember,
  createAccount,
  findAccount,
  joinAccount,
  type NewAccount,
} from './accounts.ts';
export { type Authenticator, type Call, createAuthenticator } from './authenticate.ts';
export { endsAtMs, grantEndsAt, isWarned, lastUseMs, tokenEndsAt, type Used, warnsAtMs } from './disuse.ts';
export { eraseAccount, eraseWhatCameLate } from './erase.ts';
export { findGrant, listGrants, narrowOwnGrant, showGrant, type ShownGrant } from './grants.ts';
export { endingWith, findToken, listTokens, showToken } from './list-tokens.ts';
export { meRoutes } from './me.ts';
export { hashToken, possibleHashes } from './hash-token.ts';
export { type Reader, readerOf } from './me-reader.ts';
export { narrowGrant } from './narrow-grant.ts';
export { requireGrant } from './require.ts';
export {
  type Revocation,
  type RevocationLevel,
  revocationLevels,
  type RevocationReceipt,
  revoke,
} from './revoke.ts';
export { completeReceipt } from './receipt-row.ts';
export {
  findRevocation,
  type RevocationRow,
  showRevocation,
  shownRevocation,
  type ShownRevocation,
} from './receipts.ts';
export { covers, latestReviews, type Review, standingReviews, stands } from './reviews.ts';
export { taints, tokensMadeBy } from './revoke-token.ts';
export { accessRoutes } from './routes.ts';
export { suspend, unsuspend } from './suspend.ts';
export { newLocator, newToken, parseToken, type TokenKind } from './token-format.ts';
export {
  createPersonalToken,
  createServiceToken,
  type IssuedToken,
  type NewTokenInput,
  selfGrant,
} from './tokens.ts';
export { recordTokenUse } from './token-use.ts';
export { type JournalLine, journaledGate, keepJournal, type RevocationJournal } from './journal.ts';
export { backupMark, refuseUnsettledBackup, settleBackup, type SinceBackup } from './restored.ts';
export { raiseVersion } from './version.ts';
