import { Client } from 'pg';
import type { EpochMark, Log } from '#src/ports';

const channel = 'patchbay_epochs';
const againAfterMs = 1_000;

/** NOTIFY carries at most 8,000 bytes; more marks than fit are left for the receivers to read. */
export const notification = (marks: readonly EpochMark[]): { text: string; values: string[] } => {
  const payload = JSON.stringify(marks);
  return { text: 'SELECT pg_notify($1, $2)', values: [channel, payload.length < 7_900 ? payload : '[]'] };
};

/**
 * Hears what other processes note, on a connection of its own: LISTEN is a session's state, which a pooler in
 * transaction mode does not keep. `onGap` after each time that something may have been missed.
 */
export function listen(
  url: string,
  log: Log,
  hears: { onMarks(marks: EpochMark[]): void; onGap(): void },
): { stop(): Promise<void> } {
  const state = {
    client: null as Client | null,
    isStopped: false,
    timer: undefined as NodeJS.Timeout | undefined,
  };
  void connect();
  return {
    stop: async () => {
      state.isStopped = true;
      clearTimeout(state.timer);
      await state.client?.end().catch(() => undefined); // It may be lost already: there is nothing left to end.
    },
  };

  async function connect(): Promise<void> {
    const client = new Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 5_000 });
    state.client = client;
    client.on('error', (error) => log.warn('gate.listen_lost', { reason: error.message }));
    client.on('end', later);
    client.on('notification', ({ payload }) => {
      const marks = JSON.parse(payload ?? '[]') as EpochMark[]; // Written by `notification` alone.
      if (marks.length === 0) hears.onGap();
      else hears.onMarks(marks);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      hears.onGap();
    } catch (error) {
      log.warn('gate.listen_failed', { reason: error instanceof Error ? error.message : String(error) });
      await client.end().catch(() => undefined); // Never connected, so its end may fail too.
      later();
    }
  }

  function later(): void {
    if (state.isStopped) return;
    clearTimeout(state.timer);
    state.timer = setTimeout(() => void connect(), againAfterMs);
    state.timer.unref();
  }
}
