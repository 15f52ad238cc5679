import type { Ports } from '#src/context';
import { isStanding, isStillThere } from '#src/sessions';
import { type Portal, type Streams, type Visit, visitorOf } from './door.tsx';
import { livePath } from './paths.ts';

/**
 * Server-sent events for lists and receipts: an event says only that something changed, and the page reads itself again,
 * so that there is one way to draw it. For hosts whose process stays. Elsewhere, and where a stream is refused, pages
 * ask again every few seconds, as they do without it.
 *
 * A stream is bounded: four a session, five hundred a process, five minutes, after which the browser comes back by
 * itself and is let in anew. It ends within a second of a revocation, within five of a sign-out, and when the hub stops.
 */
const mostPerSession = 4;
const mostPerProcess = 500;
const tickMs = 1_000;
const mostTicks = 300;
const ticksPerBeat = 15;
const ticksPerLook = 5;
/** Of a stream's time, looking may take so much: what is dear to look at is looked at less often. */
const lookShare = 0.05;

/** Of the part of a page that goes on changing: its name, how it is, and where it hears of a change. */
export type LiveAttributes = Record<'data-live' | 'data-stamp', string> & { 'data-stream'?: string };

export const liveAttributes = (
  { streams }: Pick<Portal, 'streams'>,
  name: string,
  stamp: string,
  path: string,
): LiveAttributes => ({
  'data-live': name,
  'data-stamp': stamp,
  ...(streams ? { 'data-stream': livePath(path) } : {}),
});

type Watch = (visit: Visit) => Promise<string>;

/** `stampOf` says how the thing is, in a few letters: an event goes out where they differ from the last. */
export function liveRoute(portal: Portal, path: string, stampOf: Watch): void {
  const { streams } = portal;
  if (!streams) return;
  portal.app.get(path, async (c) => {
    try {
      const visit = await visitorOf(portal, c.req.raw, (name) => c.req.param(name) ?? '');
      const leave = visit ? streams.enter(visit.session.row.id) : null;
      // 204: an EventSource does not try again (HTML Living Standard §9.2.3), and the page asks by itself.
      if (!visit || !leave) return new Response(null, { status: 204 });
      const stamp = await stampOf(visit).catch((error: unknown) => {
        leave();
        throw error;
      });
      return streamed(portal.ports, { visit, stampOf, stamp, leave, isStopping: streams.isStopping });
    } catch (error) {
      return new Response(null, { status: portal.tell(error, portal.idOf(c.req.raw)).status });
    }
  });
}

type Watched = {
  visit: Visit;
  stampOf: Watch;
  /** How it was when the stream was opened. */
  stamp: string;
  leave: () => void;
  isStopping: () => boolean;
};

function streamed(ports: Ports, { visit, stampOf, stamp, leave, isStopping }: Watched): Response {
  const { row } = visit.session;
  const state = { tick: 0, stamp, nextLookAt: 0, isOver: false, cancelTick: () => {} };
  const end = (): void => {
    state.isOver = true;
    state.cancelTick();
    leave();
  };
  const may = async (): Promise<boolean> =>
    !isStopping() &&
    state.tick < mostTicks &&
    (await isStanding(ports, row, visit.ctx.caller)) &&
    (state.tick % ticksPerLook !== 0 || (await isStillThere(ports, row)));
  const hasChanged = async (): Promise<boolean> => {
    const began = ports.clock.ticks();
    if (began < state.nextLookAt) return false;
    const now = await stampOf(visit);
    state.nextLookAt = began + (ports.clock.ticks() - began) / lookShare;
    if (now === state.stamp) return false;
    state.stamp = now;
    return true;
  };
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      const say = (text: string) => controller.enqueue(encoder.encode(text));
      const turn = async (): Promise<void> => {
        state.tick += 1;
        if (!(await may())) {
          end();
          controller.close();
          return;
        }
        if (await hasChanged()) say('event: changed\ndata:\n\n');
        else if (state.tick % ticksPerBeat === 0) say(': still here\n\n');
        next();
      };
      const fail = (error: unknown): void => {
        ports.log.warn('portal.stream', { error: String(error) });
        end();
        controller.error(error);
      };
      const next = (): void => {
        if (!state.isOver) state.cancelTick = ports.clock.after(tickMs, () => void turn().catch(fail));
      };
      say(`retry: 3000\n\n`);
      next();
    },
    cancel: end,
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      // Proxies of the nginx kind hold back what they could send.
      'x-accel-buffering': 'no',
    },
  });
}

const encoder = new TextEncoder();

/** Of this process. */
export function createStreams(isStopping: () => boolean): Streams {
  const open = new Set<{ sessionId: string }>();
  return {
    isStopping,
    enter: (sessionId) => {
      const own = [...open].filter((one) => one.sessionId === sessionId);
      if (own.length >= mostPerSession || open.size >= mostPerProcess) return null;
      const mine = { sessionId };
      open.add(mine);
      return () => void open.delete(mine);
    },
  };
}
