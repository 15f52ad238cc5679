import { withoutTokens } from '#src/errors';

/**
 * The closed list of what the authorization server refuses with, each with its HTTP status: RFC 6749 §4.1.2.1 and §5.2,
 * and the RFCs that add to it.
 */
export const oauthStatuses = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  unsupported_response_type: 400,
  invalid_scope: 400,
  access_denied: 400,
  server_error: 500,
  temporarily_unavailable: 503,
  /** RFC 8707 */
  invalid_target: 400,
  /** RFC 9101, RFC 9126 */
  request_not_supported: 400,
  invalid_request_uri: 400,
  /** RFC 8628 */
  authorization_pending: 400,
  slow_down: 400,
  expired_token: 400,
  /** RFC 9449 */
  invalid_dpop_proof: 400,
  use_dpop_nonce: 400,
  /** RFC 7591 and RFC 6750 */
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  invalid_software_statement: 400,
  invalid_token: 401,
} as const;

export type OAuthCode = keyof typeof oauthStatuses;

/** An expected refusal. `description` is for the developer of the client, in the letters that RFC 6749 §5.2 allows. */
export class OAuthError extends Error {
  readonly code: OAuthCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: OAuthCode,
    description: string,
    over: { status?: number; headers?: Record<string, string> } = {},
  ) {
    super(withoutTokens(description).replaceAll(/[^\x20-\x7e]|["\\]/g, ' '));
    this.name = 'OAuthError';
    this.code = code;
    this.status = over.status ?? oauthStatuses[code];
    this.headers = over.headers ?? {};
  }
}

export const invalidGrant = (description: string): OAuthError => new OAuthError('invalid_grant', description);
export const invalidRequest = (description: string): OAuthError =>
  new OAuthError('invalid_request', description);
