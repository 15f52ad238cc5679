import { eventFor } from '../harness/hub.ts';

type Body = Record<string, unknown>;
/** What a publisher knows afterwards: which events were answered as accepted, and which requests nobody answered. */
export type Load = {
  accepted: Set<string>;
  /** The bodies whose answer never came, by their event's id. */
  unanswered: Map<string, Body>;
  /** Answers that are neither, with what was asked. */
  surprises: string[];
  run(origin: string): { stop(): Promise<void> };
  /** Publishes again what nobody answered. */
  makeGood(origin: string): Promise<{ accepted: number; duplicate: number }>;
};

/**
 * Publishes until it is stopped, as `singles` loops of one event and one loop of batches. With pauses: a hub that has no
 * time left to send has nothing under way that a kill could send twice.
 */
export function createLoad(token: string, accountId: string, singles: number, batch: number): Load {
  const accepted = new Set<string>();
  const unanswered = new Map<string, Body>();
  const surprises: string[] = [];
  const counter = { next: 0 };

  const event = (): Body & { id: string } => ({
    ...eventFor([accountId]),
    id: `evt_kill${String((counter.next += 1)).padStart(8, '0')}`,
  });
  const post = async (origin: string, body: unknown) => {
    const answer = await fetch(`${origin}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as { results?: Result[] } & Result };
  };
  const note = (results: Result[], counts?: { accepted: number; duplicate: number }) => {
    for (const { id, status } of results) {
      if (status === 'accepted' || status === 'duplicate') {
        accepted.add(id);
        unanswered.delete(id);
        if (counts) counts[status] += 1;
      } else surprises.push(`${id} ${status}`);
    }
  };
  const publish = async (origin: string, events: (Body & { id: string })[], isBatch: boolean) => {
    for (const one of events) unanswered.set(one.id, one);
    const answer = await post(origin, isBatch ? { events } : events[0]);
    if (answer.status === 202) note(answer.body.results ?? [answer.body]);
    else surprises.push(`status ${answer.status}`);
  };

  return {
    accepted,
    unanswered,
    surprises,
    run: (origin) => {
      const state = { isStopped: false };
      const loop = async (size: number) => {
        while (!state.isStopped) {
          const events = Array.from({ length: size }, event);
          // A connection that breaks is the very thing under test: the request stays among the unanswered.
          const isOver = await publish(origin, events, size > 1).then(
            () => false,
            () => true,
          );
          if (isOver) return;
          await new Promise((resolve) => setTimeout(resolve, size > 1 ? 150 : 15));
        }
      };
      const loops = [...Array.from({ length: singles }, () => loop(1)), loop(batch)];
      return {
        stop: async () => {
          state.isStopped = true;
          await Promise.all(loops);
        },
      };
    },
    makeGood: async (origin) => {
      const counts = { accepted: 0, duplicate: 0 };
      const bodies = [...unanswered.values()];
      for (let at = 0; at < bodies.length; at += 50) {
        const answer = await post(origin, { events: bodies.slice(at, at + 50) });
        note(answer.body.results ?? [], counts);
      }
      return counts;
    },
  };
}

type Result = { id: string; status: string };
