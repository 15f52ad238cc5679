import type { Connection } from './connection.ts';
import { nowMicros } from '../clock.ts';
import type { Recorder } from './recorder.ts';
import type { LoadPlan } from './plan.ts';

/** Each connection posts again as soon as it is answered: what the server can take at this concurrency. */
export async function runClosed(
  plan: LoadPlan,
  connections: Connection[],
  body: (dueMicros: number) => string,
  recorder: Recorder,
): Promise<void> {
  const endsAt = nowMicros() + plan.seconds * 1e6;
  const left = { posts: plan.maxPosts ?? Number.POSITIVE_INFINITY };
  await Promise.all(connections.map((connection) => keepPosting(connection)));

  function keepPosting(connection: Connection): Promise<void> {
    return new Promise((resolve) => {
      const next = (): void => {
        const dueAt = nowMicros();
        if (dueAt >= endsAt || left.posts <= 0) return resolve();
        left.posts -= 1;
        const text = body(dueAt);
        connection.post(text, (status, failure) => {
          recorder.answered(dueAt, status, failure, text);
          next();
        });
      };
      next();
    });
  }
}
