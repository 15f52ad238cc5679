import type { AfterResponseMiddleware, BeforeRequestMiddleware } from 'zapier-platform-core';

/** For `middlewareData`: a 404 is an answer, not an error. */
export const mayBeAbsent = { mayBeAbsent: true };
/** The client proves itself in the body; a token of the account's would be a second proof. */
export const asTheClient = { asTheClient: true };

type Problem = {
  detail?: string;
  code?: string;
  /** Of OAuth (RFC 6749 §5.2). */
  error?: string;
  error_description?: string;
  errors?: { pointer: string; detail: string }[];
};

/** `throwForThrottlingEarly: false` leaves a 429 to the middleware below, which says what the hub said. */
export const asTheAccount: BeforeRequestMiddleware = (request, _, { authData }) => {
  const token = request.middlewareData?.['asTheClient'] ? undefined : authData['access_token'];
  return {
    ...request,
    throwForThrottlingEarly: false,
    headers: {
      accept: 'application/json',
      ...request.headers,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
  };
};

/**
 * 401: Zapier refreshes the token and calls again. 429: the Zap waits as long as the hub says (whole seconds) instead of
 * failing. Everything else is told in the hub's own words, field by field.
 */
export const toldAsIs: AfterResponseMiddleware = (response, z) => {
  const { status, request } = response;
  if (status < 400) return response;
  if (status === 404 && request.middlewareData?.['mayBeAbsent']) {
    response.skipThrowForStatus = true;
    return response;
  }
  if (status === 401) throw new z.errors.RefreshAuthError();
  const problem = problemOf(response.content);
  // Consent taken back: only the person can mend it, by connecting again.
  if (problem.error === 'invalid_grant')
    throw new z.errors.ExpiredAuthError('The connection has ended. Connect the account again.');
  const detail = problem.detail ?? problem.error_description ?? `The hub answered ${status}.`;
  if (status === 429) {
    const seconds = Number.parseInt(response.getHeader('retry-after') ?? '', 10);
    throw new z.errors.ThrottledError(detail, Number.isNaN(seconds) ? 60 : seconds);
  }
  const fields = (problem.errors ?? []).map((error) => `${error.pointer.slice(1)}: ${error.detail}`);
  throw new z.errors.Error(
    fields.length > 0 ? fields.join(' ') : detail,
    problem.code ?? problem.error ?? '',
    status,
  );
};

function problemOf(text: string): Problem {
  try {
    return JSON.parse(text) as Problem; // A problem document (RFC 9457), or nothing that is known.
  } catch {
    return {};
  }
}
