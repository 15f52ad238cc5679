/**
 * The one way to a stand-in: what `ctx.fetch` promises, and every fault that a network and a vendor have between them. A
 * fault is met once; what comes after it is answered by the stand-in again.
 */
import { type FetchInit, NoAnswer } from '#kit';
import type { StandIn } from './types.ts';

export const canary = 'canary-of-the-conformance-suite';

export type Call = {
  /** Of the function that is under way: 0 is its first. */
  index: number;
  request: Request;
  /** Whose limit it counts against, as the connector says. */
  resource?: string;
  answer: Response;
  /** A person at the vendor would see a difference. */
  changed: boolean;
};

export type Fault = {
  meets(call: { index: number; method: string; path: string }): boolean;
  /** The vendor has done it before this happens. */
  committed: boolean;
  /** Null: no answer comes at all. */
  answer: ((whole: Response) => Response | Promise<Response>) | null;
  /** Where no answer comes: whether a byte has left. Default: true. */
  sent?: boolean;
};

export type Line = {
  fetch(url: string, init: FetchInit | undefined, index: number): Promise<Response>;
  calls: Call[];
  /** What no connector may do, in words. */
  breaches: string[];
  /** The next call that it fits meets this; answers whether one did. */
  break(fault: Fault): () => boolean;
  standIn: StandIn;
};

export function createLine(
  standIn: StandIn,
  hosts: readonly string[],
  secretUrls: ReadonlyMap<string, string>,
): Line {
  const faults = new Set<Fault>();
  const line: Line = {
    standIn,
    calls: [],
    breaches: [],
    break(fault) {
      faults.add(fault);
      return () => !faults.has(fault);
    },
    async fetch(url, init = {}, index) {
      const request = requestOf(url, init);
      const { pathname } = new URL(request.url);
      const fault = [...faults].find((each) => each.meets({ index, method: request.method, path: pathname }));
      if (fault) faults.delete(fault);
      if (fault && !fault.committed) return broken(fault, new Response(null, { status: 200 }));
      const before = JSON.stringify(standIn.objects());
      const kept = request.clone();
      const answer = await standIn.answer(request);
      line.calls.push({
        index,
        request: kept,
        ...(init.resource === undefined ? {} : { resource: init.resource }),
        answer: answer.clone(),
        changed: JSON.stringify(standIn.objects()) !== before,
      });
      return fault ? broken(fault, answer) : answer;
    },
  };
  return line;

  function requestOf(asked: string, init: FetchInit): Request {
    const url = new URL(withSecret(asked));
    if (url.protocol !== 'https:') refuse(`fetches ${url.protocol}//…, which is not https`);
    if (!hosts.some((host) => reaches(host, url.hostname)))
      refuse(`fetches ${url.hostname}, which is not in manifest.hosts`);
    const headers = new Headers(init.headers);
    if (headers.has('authorization')) refuse('sets `authorization`, which is the hub’s');
    if (init.credential !== 'none' && asked.startsWith('secret:'))
      refuse(`fetches ${asked} with a credential beside it; say credential: 'none'`);
    if (init.credential !== 'none') headers.set('authorization', `Bearer ${canary}`);
    const method = init.method ?? 'GET';
    if (method === 'GET' && init.body !== undefined) refuse('sends a body with GET');
    return new Request(url, { method, headers, ...(init.body === undefined ? {} : { body: init.body }) });
  }

  function withSecret(asked: string): string {
    if (!asked.startsWith('secret:')) return asked;
    const found = secretUrls.get(asked.slice('secret:'.length));
    return found ?? refuse(`fetches ${asked}, which is no secret of this connection`);
  }

  function refuse(what: string): never {
    line.breaches.push(what);
    throw new NoAnswer('refused', false);
  }
}

function broken(fault: Fault, whole: Response): Promise<Response> | Response {
  if (fault.answer) return fault.answer(whole);
  throw new NoAnswer(fault.sent === false ? 'connect' : 'timeout', fault.sent !== false);
}

/** `*.example.com` takes every name below, and not `example.com`. */
export function reaches(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : pattern === host;
}
