export { type AccountStatus, setAccountStatus } from './account-status.ts';
export { type Account, addMember, createAccount, findAccount, type NewAccount } from './accounts.ts';
export { type Authenticator, createAuthenticator } from './authenticate.ts';
export { requireGrant, requireScope } from './require.ts';
export { type Revocation, type RevocationLevel, type RevocationReceipt, revoke } from './revoke.ts';
export { suspend, unsuspend } from './suspend.ts';
export { newToken, parseToken, type TokenKind } from './token-format.ts';
export { createPersonalToken, createServiceToken, type IssuedToken, type NewTokenInput } from './tokens.ts';
export { raiseVersion } from './version.ts';
