import type { EventTemplate } from '../load/plan.ts';
import { load } from '../target.ts';
import type { Target } from '../target.ts';
import { readCpuMs } from '../usage.ts';

export type PublishFigures = {
  /** Posts of one event a second. */
  single: number;
  /** Events a second, fifty a post. */
  fifty: number;
  /** The target's CPU for an event posted alone, in microseconds. */
  micros: number;
};

/** Accepting alone: nobody subscribes. The first run warms, it is not counted. */
export async function measurePublish(
  target: Target,
  events: EventTemplate,
  seconds: number,
): Promise<PublishFigures> {
  await load(target, { events, seconds: seconds / 2 });
  const before = await readCpuMs(target.pids, target.metricsUrl);
  const single = await load(target, { events, seconds });
  const micros = (((await readCpuMs(target.pids, target.metricsUrl)) - before) * 1000) / single.events;
  await load(target, { events, seconds: seconds / 4, eventsPerPost: 50 });
  const fifty = await load(target, { events, seconds, eventsPerPost: 50 });
  return { single: single.postsPerSecond, fifty: fifty.eventsPerSecond, micros };
}
