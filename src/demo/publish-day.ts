import type { Api, Answer } from './api.ts';
import { firstMinute, minutesPerDay } from './clock.ts';
import type { PlannedEvent } from './planned-event.ts';

/** What the API answered for each event that was sent, in the order of the answers. */
export type Sent = { eventId: string; status: string };
export type Tally = { sent: Sent[]; requests: number; minute: number };

type Options = {
  api: Api;
  token: string;
  day: readonly PlannedEvent[];
  dayMs: number;
  tally: Tally;
  isStopped: () => boolean;
};

const tickMs = 100;
const maxBatch = 20;

/** The marketplace core: publishes each event when its minute comes, alone or with what is due beside it. */
export async function publishDay(options: Options): Promise<void> {
  const { day, dayMs, tally, isStopped } = options;
  const startedAt = performance.now();
  const repeats = whatIsSentAgain();
  // A machine that stood still at the end of the day leaves more than one batch of it.
  for (let next = 0; (tally.minute < minutesPerDay || next < day.length) && !isStopped();) {
    tally.minute = Math.min(
      minutesPerDay,
      firstMinute + ((performance.now() - startedAt) / dayMs) * (minutesPerDay - firstMinute),
    );
    const from = next;
    while (next < day.length && next - from < maxBatch && (day[next]?.minute ?? Infinity) <= tally.minute)
      next++;
    const due = day.slice(from, next);
    // One with a broken envelope goes alone: alone it is a 422, which is what a publisher should see.
    for (const batch of [due.filter(isWhole), ...due.filter((one) => !isWhole(one)).map((one) => [one])]) {
      if (batch.length === 0) continue;
      await publish(options, batch);
      await repeats(options, batch);
    }
    if (due.length < maxBatch) await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
}

const isWhole = ({ expect }: PlannedEvent): boolean => expect !== 'invalid';

/**
 * Publishers send twice: an answer is lost on the way, a process restarts. Once today a single event comes again under
 * its id, and once a whole batch under its Idempotency-Key. Nobody may receive anything twice for it.
 */
function whatIsSentAgain(): (options: Options, batch: readonly PlannedEvent[]) => Promise<void> {
  const left = { single: true, batch: true };
  return async (options, batch) => {
    const isLate = options.tally.minute > 9 * 60;
    const kind = batch.length === 1 ? 'single' : 'batch';
    if (!isLate || !left[kind] || !batch.every(({ expect }) => expect === 'accepted')) return;
    left[kind] = false;
    await publish(options, batch);
  };
}

async function publish({ api, token, tally }: Options, batch: readonly PlannedEvent[]): Promise<void> {
  const events = batch.map(({ event }) => event);
  const [only] = events;
  const isSingle = events.length === 1;
  const headers: Record<string, string> = isSingle ? {} : { 'idempotency-key': `batch-${only?.id ?? ''}` };
  const answer = await api.call(
    'POST',
    '/v1/events',
    token,
    JSON.stringify(isSingle ? only : { events }),
    headers,
  );
  tally.requests++;
  const results = resultsOf(answer, isSingle);
  events.forEach(({ id }, i) =>
    tally.sent.push({ eventId: id, status: results[i] ?? `unanswered_${answer.status}` }),
  );
}

/** Contract: Publish. A single event that cannot be taken at all is a problem document. */
function resultsOf({ status, body }: Answer, isSingle: boolean): string[] {
  if (status === 422) return ['invalid'];
  if (status !== 202) return [];
  if (isSingle) return [(body as { status: string }).status];
  return (body as { results: { status: string }[] }).results.map((result) => result.status);
}
