import type { Http } from '#src/ports';
import { SignInFailure } from './failure.ts';

const deadlineMs = 5_000;
/** Metadata and keys with their certificates have a few kilobytes; a name and an address less. */
const maxBytes = 65_536;

type Asked = { method: string; headers: Headers | Record<string, string>; body?: unknown };

/**
 * `fetch` as protocol libraries want it lent, through the guarded way out: https alone, no private address, no redirect,
 * a deadline and a bounded body. Throws `unavailable` where the issuer gives no whole answer, or fails itself.
 */
export const fetchThrough =
  ({ send }: Pick<Http, 'send'>) =>
  async (url: string, { method, headers, body }: Asked): Promise<Response> => {
    const result = await send({
      url,
      method: method === 'POST' ? 'POST' : 'GET',
      headers: Object.fromEntries(new Headers(headers)),
      ...(body instanceof URLSearchParams ? { body: body.toString() } : {}),
      deadlineMs,
      maxAnswerBytes: maxBytes,
      keepAnswerBytes: maxBytes,
      readsAnswer: true,
    });
    if (result.kind === 'refused' || result.kind === 'failed')
      throw unavailable(url, `${result.code}: ${result.detail}`);
    if (result.kind === 'withdrawn' || result.answerEnd !== 'complete')
      throw unavailable(url, 'the answer broke off, or has more than 64 KiB');
    if (result.status >= 500) throw unavailable(url, `answered ${result.status}`);
    // Fetch allows these no body.
    const isBodyless = [204, 205, 304].includes(result.status);
    return new Response(isBodyless ? null : result.body, {
      status: result.status,
      headers: { 'content-type': result.headers['content-type'] ?? '' },
    });
  };

const unavailable = (url: string, why: string): SignInFailure =>
  new SignInFailure('unavailable', `${new URL(url).host}: ${why}`);
