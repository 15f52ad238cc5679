/**
 * Google’s push: a channel lives for a week or so and is never renewed, only followed by another. Its id comes from the
 * period, so that a channel is opened once however often it is asked for, and can be stopped without being remembered.
 */
import { type ConnectorCtx, NoAnswer, stableId } from '#kit';
import { stopChannel, watchEvents } from './api.ts';

type Ctx = ConnectorCtx<unknown>;

const dayMs = 86_400_000;
/** A new one each six days, of eight: none is missed between two. */
const periodMs = 6 * dayMs;
const livesMs = 8 * dayMs;

export const periodOf = (now: Date): number => Math.floor(now.getTime() / periodMs);

/**
 * Google’s id of what is watched, the same for every channel of one calendar; null where the channel was open before, or
 * Google does not send to this hub (it needs https and a name of the internet): then changes are found by asking.
 */
export async function openChannel(ctx: Ctx, calendar: string): Promise<string | null> {
  const known = ctx.facts['calendar'] === calendar ? ctx.facts['resource'] : null;
  const period = periodOf(ctx.now());
  try {
    const { status, body } = await watchEvents(ctx, calendar, {
      id: await channelId(ctx, calendar, period),
      type: 'web_hook',
      address: ctx.inboundUrl,
      token: ctx.inboundSecret,
      expiration: String(period * periodMs + livesMs),
    });
    const resource = body?.['resourceId'];
    return status === 200 && typeof resource === 'string' ? resource : textOrNull(known);
  } catch (error) {
    // Without a channel all goes on, by asking.
    if (error instanceof NoAnswer) return textOrNull(known);
    throw error;
  }
}

/** This period’s channel and the one before it. 404: it has ended by itself. */
export async function stopChannels(ctx: Ctx, calendar: string): Promise<void> {
  const resourceId = textOrNull(ctx.facts['resource']);
  if (resourceId === null) return;
  const period = periodOf(ctx.now());
  for (const one of [period, period - 1])
    await stopChannel(ctx, { id: await channelId(ctx, calendar, one), resourceId });
}

const channelId = (ctx: Ctx, calendar: string, period: number): Promise<string> =>
  stableId(ctx.connectionId, `channel:${calendar}:${period}`);

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
