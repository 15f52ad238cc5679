/** Answers that no vendor's table has, and that come all the same. */
import { NoAnswer } from '#kit';
import { startedAt } from './events.ts';
import { canary } from './line.ts';

export type Faulty = (whole: Response) => Response | Promise<Response>;

const echo = `Bearer ${canary}`;

/** From a gateway before the vendor; it repeats what it was sent, as some do. */
export const page = (status: number, headers: Record<string, string> = {}): Response =>
  new Response(`<!doctype html><title>${status}</title><p>Your request with ${echo} was not understood.`, {
    status,
    headers: { 'content-type': 'text/html', ...headers },
  });

export const gatewayError =
  (status: 502 | 504): Faulty =>
  () =>
    page(status);

export const cut: Faulty = async (whole) => {
  const text = await whole.text();
  if (text === '') return new Response(null, { status: whole.status, headers: whole.headers });
  return new Response(text.slice(0, Math.floor(text.length / 2)), {
    status: whole.status,
    headers: whole.headers,
  });
};

/** The headers come, and then nothing more. */
export const neverEnds: Faulty = (whole) =>
  new Response(
    new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('{"'));
        controller.error(new NoAnswer('timeout', true));
      },
    }),
    { status: whole.status === 204 ? 200 : whole.status, headers: { 'content-type': 'application/json' } },
  );

export const refusal = (status: number, headers: Record<string, string> = {}): Response =>
  Response.json({ message: `no: ${echo}`, error_description: echo }, { status, headers });

/** `retry-after` in its two forms and without; what it comes to in milliseconds. */
export const throttles = [
  { title: '429 with seconds', headers: { 'retry-after': '7' }, leastMs: 7_000 },
  {
    title: '429 with a date',
    headers: { 'retry-after': new Date(startedAt.getTime() + 9_000).toUTCString() },
    leastMs: 9_000,
  },
  { title: '429 with nothing', headers: {}, leastMs: 0 },
] as const;
