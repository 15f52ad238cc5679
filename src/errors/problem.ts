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
};

export function problemOf(error: PatchbayError, requestId: string): Problem {
  return {
    type: `https://patchbay.dev/problems/${error.code}`,
    title: errorCodes[error.code].title,
    status: error.status,
    detail: error.publicText,
    code: error.code,
    request_id: requestId,
    ...(error.errors ? { errors: error.errors } : {}),
  };
}
