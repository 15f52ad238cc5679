import type { EpochMark } from '#src/ports';
import type { RedisClient } from './client.ts';
import { keys } from './keys.ts';
import { markOf } from './wire.ts';

/** What other processes note, within milliseconds. `onGap` when something may have been missed. */
export function hear(
  subscriber: RedisClient,
  hears: { onMark(mark: Omit<EpochMark, 'version'>): void; onGap(): void },
): { stop(): void } {
  const onMessage = (channel: string, message: string): void => {
    if (channel !== keys.channel) return;
    const at = message.indexOf(' ');
    hears.onMark(markOf(message.slice(0, at), message.slice(at + 1)));
  };
  // ioredis subscribes again by itself after a reconnection, before it is ready.
  const subscribe = (): void => {
    subscriber.subscribe(keys.channel).then(
      () => hears.onGap(),
      () => undefined,
    ); // A lost connection comes here again as `ready`.
  };
  subscriber.on('message', onMessage);
  subscriber.on('ready', subscribe);
  if (subscriber.status === 'ready') subscribe();
  return {
    stop: () => {
      subscriber.off('message', onMessage);
      subscriber.off('ready', subscribe);
    },
  };
}
