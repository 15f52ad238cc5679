/**
 * The closed list of error codes. A code is a promise: its meaning and its HTTP status never change;
 * a new case gets a new code. The list is published in the OpenAPI document.
 */
export const errorCodes = {
  bad_request: { status: 400, title: 'This is not a request that can be read as HTTP' },
  invalid_json: { status: 400, title: 'The body is not valid JSON' },
  invalid_cursor: { status: 400, title: 'The cursor is not one that this hub gave' },
  invalid_parameter: { status: 400, title: 'A query parameter is not valid' },
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  token_malformed: { status: 401, title: 'This is not a Patchbay token' },
  token_expired: { status: 401, title: 'The token has expired' },
  token_revoked: { status: 401, title: 'The token has been revoked' },
  forbidden: { status: 403, title: 'The token may not do this' },
  scope_missing: { status: 403, title: 'The token lacks a scope' },
  elevation_needed: { status: 403, title: 'This is sensitive and needs an elevation' },
  sign_in_again: { status: 403, title: 'This needs a fresh sign-in' },
  suspended: { status: 403, title: 'Access is suspended' },
  not_found: { status: 404, title: 'Nothing is here that you may see' },
  method_not_allowed: { status: 405, title: 'This address does not take that method' },
  conflict: { status: 409, title: 'The request contradicts what is stored' },
  event_conflict: { status: 409, title: 'An event with this id but other content was accepted before' },
  idempotency_conflict: { status: 409, title: 'This Idempotency-Key was used with another body' },
  state_conflict: { status: 409, title: 'The current state does not allow this' },
  precondition_failed: { status: 412, title: 'The resource has changed' },
  body_too_large: { status: 413, title: 'The body is too large' },
  headers_too_large: { status: 431, title: 'The header fields are too large' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  validation_failed: { status: 422, title: 'The request does not fit its schema' },
  filter_invalid: { status: 422, title: 'The filter cannot be used' },
  endpoint_refused: { status: 422, title: 'This address may not be an endpoint' },
  setting_unsupported: { status: 422, title: 'The hub does not enforce this setting, so it is refused' },
  policy_refused: { status: 422, title: 'A policy of this installation refuses this' },
  limit_reached: { status: 429, title: 'A limit is reached' },
  quota_exceeded: { status: 429, title: 'The calls that a cap allows are used up' },
  abnormal_usage: { status: 429, title: 'Calls are turned away after too many that were refused' },
  internal: { status: 500, title: 'Something went wrong inside the hub' },
  store_unavailable: { status: 503, title: 'The store cannot take writes at the moment' },
  vendor_unavailable: { status: 503, title: 'Somebody whose answer is needed cannot be reached' },
  overloaded: { status: 503, title: 'The hub is taking as much as it can' },
  shutting_down: { status: 503, title: 'The hub is stopping' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorCodes;
