import { Client, type Pool } from 'pg';
import type { Log } from '#src/ports';
import type { Carrier, Wake } from './cluster/carrier.ts';

export type NotifyOptions = {
  /** May lead through a pooler: a NOTIFY belongs to its transaction. */
  pool: Pool;
  /** A session of our own, or null behind a pooler: then nothing is heard, and the sweep finds everything. */
  listenUrl: string | null;
  log: Log;
};

const againAfterMs = 1_000;

/**
 * Wakes by NOTIFY, where there is no Redis. A payload may have 8,000 bytes (PostgreSQL manual, NOTIFY); sixty-four lanes
 * take two. Whoever listens has a connection for it, which is made anew when it is lost.
 */
export function openNotifyCarrier({ pool, listenUrl, log }: NotifyOptions): Carrier {
  const state = {
    client: null as Client | null,
    isClosed: false,
    /** Raised with each slot, so that what is left of the one before comes to nothing. */
    turn: 0,
    timer: undefined as NodeJS.Timeout | undefined,
  };

  return {
    send: async (slot, wake) => {
      await pool.query('SELECT pg_notify($1, $2)', [channelOf(slot), JSON.stringify(wake)]);
    },
    sendLater: null,
    take: async (slot, tell) => {
      await letGo();
      if (listenUrl !== null) await listen(listenUrl, slot, tell, state.turn);
    },
    isUp: () => true,
    depth: async () => ({}),
    close: async () => {
      state.isClosed = true;
      await letGo();
    },
  };

  async function letGo(): Promise<void> {
    state.turn += 1;
    clearTimeout(state.timer);
    const { client } = state;
    state.client = null;
    await client?.end().catch(() => undefined);
  }

  async function listen(from: string, slot: number, tell: (wake: Wake) => void, turn: number): Promise<void> {
    const client = new Client({ connectionString: from, connectionTimeoutMillis: 5_000, keepAlive: true });
    const lost = (error?: Error) => {
      if (state.client === client) state.client = null;
      if (state.isClosed || state.turn !== turn) return;
      log.warn('listen.lost', { why: error?.message ?? 'the connection ended' });
      // A client may tell of its end twice.
      state.turn += 1;
      const next = state.turn;
      state.timer = setTimeout(() => void listen(from, slot, tell, next), againAfterMs);
      state.timer.unref();
    };
    client.on('error', lost);
    client.on('end', () => lost());
    client.on('notification', ({ payload }) => {
      const wake = wakeOf(payload);
      if (wake && state.turn === turn) tell(wake);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${channelOf(slot)}`);
      state.client = client;
      log.info('listening', { slot });
      // What was told while nobody listened.
      tell({ topic: 'sweep' });
    } catch (error) {
      lost(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

const channelOf = (slot: number): string => `patchbay_${slot}`;

/** Anybody who is let into the database may notify: what is no wake is left alone. */
function wakeOf(payload: string | undefined): Wake | null {
  try {
    const { topic, lanes } = JSON.parse(payload ?? '') as { topic: unknown; lanes: unknown };
    if (topic === 'tasks' || topic === 'sweep') return { topic };
    if (topic !== 'deliveries' || !Array.isArray(lanes)) return null;
    return { topic, lanes: lanes.filter((lane) => typeof lane === 'string') };
  } catch {
    return null;
  }
}
