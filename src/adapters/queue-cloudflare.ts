import { waitUntil } from 'cloudflare:workers';
import type { Queue as CloudflareQueue } from '@cloudflare/workers-types';
import type { Clock, Log, Queue } from '#src/ports';

/** What a queue message says: where to look. Never a payload; the store is the truth. */
export type Wake =
  | { topic: 'deliveries'; lanes: string[] }
  /** Everything that is due: what the cron does. */
  | { topic: 'sweep' }
  | { topic: 'tasks' }
  /** A purge that one invocation did not end. */
  | { topic: 'purge' };

export type WakeLater = { lane: string; delayMs: number };
export type WakeSender = {
  send(wakes: readonly Wake[], delaySeconds?: number): Promise<void>;
  /** One message for lanes of the same second. Those past the platform's delay are left to the cron. */
  sendLater(wakes: readonly WakeLater[]): Promise<void>;
};

/** Ids of thirty characters: two kilobytes of the 128 that a message may have. */
const lanesPerMessage = 64;
/** Cloudflare Queues, "Limits", 2026-11: 100 messages and 256 KB a batch, 12 hours of delay. */
const messagesPerBatch = 100;
const longestDelaySeconds = 43_200;
const pausesMs = [50, 250];

/** Sends are tried three times. Throws when all fail; what was to be woken is then found by the cron's sweep. */
export function createWakeSender(queue: CloudflareQueue<Wake>, clock: Clock): WakeSender {
  const pause = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));

  const sendBatch = async (batch: { body: Wake; delaySeconds: number }[], tried = 0): Promise<void> => {
    try {
      await queue.sendBatch(batch);
    } catch (error) {
      const pauseMs = pausesMs[tried];
      if (pauseMs === undefined) throw error;
      await pause(pauseMs);
      await sendBatch(batch, tried + 1);
    }
  };

  const send = async (wakes: readonly Wake[], delaySeconds = 0): Promise<void> => {
    const messages = wakes.map((body) => ({ body, delaySeconds }));
    for (const batch of inPieces(messages, messagesPerBatch)) await sendBatch(batch);
  };

  return {
    send,
    sendLater: async (wakes) => {
      const bySecond = new Map<number, string[]>();
      for (const { lane, delayMs } of wakes) {
        const seconds = Math.max(0, Math.ceil(delayMs / 1_000));
        if (seconds <= longestDelaySeconds) bySecond.set(seconds, [...(bySecond.get(seconds) ?? []), lane]);
      }
      for (const [seconds, lanes] of bySecond) await send(wakesOf(lanes), seconds);
    },
  };
}

/**
 * The port over Cloudflare Queues: nothing is handed over in memory, every delivery is written as pending and found by
 * the consumer. A send goes on after the answer; when it is lost, the cron finds the same rows within a minute.
 */
export function createCloudflareQueue(sender: WakeSender, log: Log): Queue {
  return {
    reserve: () => null,
    release: () => {},
    hand: () => {},
    wake: (topic, ids) => {
      const wakes: Wake[] = topic === 'tasks' ? [{ topic }] : ids ? wakesOf(ids) : [{ topic: 'sweep' }];
      waitUntil(sender.send(wakes).catch((error: unknown) => log.error('queue.send', error, { topic })));
    },
  };
}

export const wakesOf = (lanes: readonly string[]): Wake[] =>
  inPieces([...new Set(lanes)], lanesPerMessage).map((piece) => ({ topic: 'deliveries', lanes: piece }));

const inPieces = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
