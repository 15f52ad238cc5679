import type { Caller } from '#src/context';
import { PatchbayError } from '#src/errors';

/** 403 with the scope that is missing, so that the caller knows what to ask for. */
export function requireScope(caller: Caller, scope: string): void {
  if (caller.scopes.has(scope)) return;
  throw new PatchbayError('scope_missing', {
    public: `This needs the scope ${scope}, which the token does not have.`,
  });
}

/** The account and grant behind the caller: service tokens have none, and then may not do what accounts do. */
export function requireGrant(caller: Caller): { accountId: string; grantId: string } {
  if (caller.accountId && caller.grantId) return { accountId: caller.accountId, grantId: caller.grantId };
  throw new PatchbayError('forbidden', {
    public: "This is for a token that acts for an account (a personal token or an app's access token).",
  });
}
