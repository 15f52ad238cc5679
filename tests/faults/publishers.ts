import { setTimeout as pause } from 'node:timers/promises';
import { eventFor } from '../harness/hub.ts';
import type { Ledger } from './ledger.ts';

export type PublisherFacts = {
  calls: number;
  /** Calls that did not end in a 202, by what came instead. */
  errors: Record<string, number>;
  /** Events whose first answer was lost: sent again, they were answered `duplicate`. */
  duplicates: number;
  /** From an event's first call to its 202. */
  longestMs: number;
  /** Answers that no fault excuses. */
  surprises: string[];
};
export type Publishing = { facts: PublisherFacts; stop(): Promise<void> };

export type Pace = { singles: number; singlePauseMs: number; batch: number; batchPauseMs: number };
type Wish = {
  origins: readonly string[];
  token: string;
  accountId: string;
  /** Begins the id of each event. */
  prefix: string;
  pace: Pace;
  ledger: Ledger;
};
type Result = { id: string; status: string };

/** Few enough that events of one follow each other closely. */
const subjects = 50;
const callMs = 5_000;
const giveUpMs = 120_000;

/**
 * Loops that publish as a careful client does: what was not answered is sent again with the same ids, to the next
 * process, until it is.
 */
export function startPublishers({ origins, token, accountId, prefix, pace, ledger }: Wish): Publishing {
  const facts: PublisherFacts = { calls: 0, errors: {}, duplicates: 0, longestMs: 0, surprises: [] };
  const state = { isStopped: false, counter: 0, turn: 0 };
  const loops = [
    ...Array.from({ length: pace.singles }, () => loop(1, pace.singlePauseMs)),
    loop(pace.batch, pace.batchPauseMs),
  ];
  return {
    facts,
    stop: async () => {
      state.isStopped = true;
      await Promise.all(loops);
    },
  };

  async function loop(size: number, pauseMs: number): Promise<void> {
    while (!state.isStopped) {
      await publish(Array.from({ length: size }, event));
      await pause(pauseMs);
    }
  }

  function event() {
    state.counter += 1;
    const subject = `bookings/bkg_${prefix}${state.counter % subjects}`;
    return {
      ...eventFor([accountId], { subject }),
      id: `${prefix}${String(state.counter).padStart(8, '0')}`,
    };
  }

  async function publish(events: { id: string }[]): Promise<void> {
    const startedAt = performance.now();
    for (let tries = 0; performance.now() - startedAt < giveUpMs; tries++) {
      const problem = await call(events);
      if (problem === null) {
        facts.longestMs = Math.max(facts.longestMs, performance.now() - startedAt);
        return;
      }
      facts.errors[problem] = (facts.errors[problem] ?? 0) + 1;
      await pause(Math.min(1_000, 50 * 2 ** tries));
    }
    facts.surprises.push(`${events[0]?.id} was never answered`);
  }

  /** Null once all of them are accepted; else what went wrong. */
  async function call(events: { id: string }[]): Promise<string | null> {
    facts.calls += 1;
    state.turn += 1;
    try {
      const answer = await fetch(`${origins[state.turn % origins.length]}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(events.length === 1 ? events[0] : { events }),
        signal: AbortSignal.timeout(callMs),
      });
      const body = (await answer.json()) as { results?: Result[]; code?: string } & Result;
      if (answer.status === 202) return note(body.results ?? [body]);
      if (answer.status !== 503) facts.surprises.push(`${answer.status} ${body.code}`);
      return String(answer.status);
    } catch (error) {
      return nameOf(error);
    }
  }

  function note(results: Result[]): null {
    for (const { id, status } of results) {
      if (status === 'accepted' || status === 'duplicate') ledger.accept(id);
      else facts.surprises.push(`${id} ${status}`);
      if (status === 'duplicate') facts.duplicates += 1;
    }
    return null;
  }
}

function nameOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'timeout';
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ECONNREFUSED') return 'refused';
  return 'reset';
}
