export { errorCodes, type ErrorCode } from './codes.ts';
export { type ErrorText, type FieldError, PatchbayError } from './patchbay-error.ts';
export { type Problem, problemOf } from './problem.ts';
export { withoutTokens } from './without-tokens.ts';
