import { type ErrorCode, errorCodes } from './codes.ts';
import type { FieldError, PatchbayError } from './patchbay-error.ts';

/** RFC 9457 problem document, as every error outside OAuth is answered. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id: string;
  errors?: FieldError[];
  'violated-policies'?: string[];
};

export function problemOf(error: PatchbayError, requestId: string): Problem {
  return {
    type: typeOf(error),
    title: errorCodes[error.code].title,
    status: error.status,
    detail: error.publicText,
    code: error.code,
    request_id: requestId,
    ...(error.errors ? { errors: error.errors } : {}),
    ...(error.violatedPolicies ? { 'violated-policies': error.violatedPolicies } : {}),
  };
}

/** Types that draft-ietf-httpapi-ratelimit-headers-11 §5 registers; all others are the hub's own. */
const registered: Partial<Record<ErrorCode, string>> = {
  quota_exceeded: 'quota-exceeded',
  abnormal_usage: 'abnormal-usage-detected',
  overloaded: 'temporary-reduced-capacity',
};

function typeOf({ code }: PatchbayError): string {
  const name = registered[code];
  return name
    ? `https://iana.org/assignments/http-problem-types#${name}`
    : `https://patchbay.dev/problems/${code}`;
}
