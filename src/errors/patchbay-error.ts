import { type ErrorCode, errorCodes } from './codes.ts';
import { withoutTokens } from './without-tokens.ts';

/** One thing that is wrong in a body: `pointer` is an RFC 6901 JSON pointer into what was sent. */
export type FieldError = { pointer: string; detail: string };

export type ErrorText = {
  /** What the caller may read: what happened and what to do. Never an internal. */
  public?: string;
  /** What the log gets beside it. Never a token or a body. */
  internal?: string;
  errors?: FieldError[];
  /** Whole seconds, sent as Retry-After. */
  retryAfterSeconds?: number;
  /** Names of the caps that refused, of `quota_exceeded`. */
  violatedPolicies?: string[];
  /** Header fields of the answer. */
  fields?: Readonly<Record<string, string>>;
  cause?: unknown;
};

/** The one error that crosses a room's door. Anything else that is thrown is a defect and answers 500. */
export class PatchbayError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly publicText: string;
  readonly errors: FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly violatedPolicies: string[] | undefined;
  readonly fields: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, text: ErrorText = {}) {
    super(withoutTokens(text.internal ?? text.public ?? errorCodes[code].title), { cause: text.cause });
    this.name = 'PatchbayError';
    this.code = code;
    this.status = errorCodes[code].status;
    this.publicText = withoutTokens(text.public ?? errorCodes[code].title);
    this.errors = text.errors?.map(({ pointer, detail }) => ({
      pointer: withoutTokens(pointer),
      detail: withoutTokens(detail),
    }));
    this.retryAfterSeconds = text.retryAfterSeconds;
    this.violatedPolicies = text.violatedPolicies;
    this.fields = text.fields ?? {};
  }
}
