import { expect } from 'vitest';
import { errorCodes } from '../../src/errors/index.ts';

export type Answered = { status: number; headers: Headers; text: string };

/** What no answer may show: where the code lies, what it is made of, how its database spoke. */
const internals =
  /\bat \S+ \(|\.(?:ts|js|mjs):\d+|node_modules|SQLITE|drizzle|better-sqlite3|no such (?:table|column)|constraint failed|TypeError|RangeError|ZodError|undefined is not|Cannot read/;

/** Any answer: no fault of ours, and an error is a problem document of the closed list. */
export function expectNoFault(answer: Answered, about: string): void {
  const { status, headers, text } = answer;
  const shown = `${about} → ${status} ${text.slice(0, 300)}`;
  expect(status, shown).toBeLessThan(500);
  expect(internals.test(text), shown).toBe(false);
  if (status < 400) return;
  // RFC 6749 §5.2: OAuth endpoints answer errors in a form of their own.
  if (/"error"\s*:/.test(text) && headers.get('content-type')?.startsWith('application/json')) return;
  expect(headers.get('content-type'), shown).toBe('application/problem+json');
  const problem = JSON.parse(text) as Record<string, unknown>;
  expect(Object.keys(errorCodes), shown).toContain(problem['code']);
  expect(problem, shown).toMatchObject({
    type: `https://patchbay.dev/problems/${String(problem['code'])}`,
    status,
    title: expect.any(String) as unknown,
    detail: expect.any(String) as unknown,
    request_id: expect.stringMatching(/^req_[0-9a-z]{26}$/) as unknown,
  });
}

/** The refusal is the one that the input deserves. */
export function expectRefusal(answer: Answered, status: number, code: string, about: string): void {
  expectNoFault(answer, about);
  expect(answer.status, `${about} → ${answer.text.slice(0, 300)}`).toBe(status);
  expect((JSON.parse(answer.text) as { code: string }).code, about).toBe(code);
}
