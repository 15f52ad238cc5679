import { errorCodes } from './codes.ts';
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

/** draft-ietf-httpapi-ratelimit-headers-10 §5.1 registers a type of its own. */
const typeOf = ({ code }: PatchbayError): string =>
  code === 'quota_exceeded'
    ? 'https://iana.org/assignments/http-problem-types#quota-exceeded'
    : `https://patchbay.dev/problems/${code}`;
