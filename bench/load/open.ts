import type { Connection } from './connection.ts';
import { nowMicros } from '../clock.ts';
import type { LoadPlan } from './plan.ts';
import type { Recorder } from './recorder.ts';

/**
 * Posts on a timetable that does not wait for answers. A post that finds no free connection keeps the moment
 * at which it was released, so a slow server cannot hide by slowing the generator (coordinated omission).
 * Posts are released by a one-millisecond timer and due from that release: the timer's own coarseness is the
 * generator's, not the server's, and is reported apart as lateness.
 */
export async function runOpen(
  plan: LoadPlan & { postsPerSecond: number },
  connections: Connection[],
  body: (dueMicros: number) => string,
  recorder: Recorder,
): Promise<void> {
  const total = Math.min(
    Math.floor(plan.postsPerSecond * plan.seconds),
    plan.maxPosts ?? Number.POSITIVE_INFINITY,
  );
  const gapMicros = 1e6 / plan.postsPerSecond;
  const free = [...connections];
  const waiting: number[] = [];
  const count = { released: 0, answered: 0, taken: 0 };
  const startedAt = nowMicros();

  await new Promise<void>((resolve) => {
    const timer = setInterval(release, 1);

    function release(): void {
      const now = nowMicros();
      const due = Math.min(total, Math.floor((now - startedAt) / gapMicros));
      for (; count.released < due; count.released += 1) {
        recorder.late(now - (startedAt + (count.released + 1) * gapMicros));
        waiting.push(now);
      }
      if (count.released >= total) clearInterval(timer);
      send();
    }

    function send(): void {
      for (let connection = free.pop(); connection !== undefined; connection = free.pop()) {
        const dueAt = waiting[count.taken];
        if (dueAt === undefined) {
          free.push(connection);
          return;
        }
        count.taken += 1;
        post(connection, dueAt);
      }
    }

    function post(connection: Connection, dueAt: number): void {
      const text = body(dueAt);
      connection.post(text, (status, failure) => {
        recorder.answered(dueAt, status, failure, text);
        count.answered += 1;
        free.push(connection);
        if (count.answered >= total) return resolve();
        send();
      });
    }
  });
}
