import { createHistogram, percentileMicros, recordMicros, summarise } from '../histogram.ts';
import { nowMicros } from '../clock.ts';
import { stampIn } from '../stamps.ts';
import type { LoadPlan, LoadResult } from './plan.ts';

export type Recorder = {
  answered(dueMicros: number, status: number, failure: string | undefined, body: string): void;
  late(micros: number): void;
  result(): LoadResult;
};

export function createRecorder(plan: LoadPlan): Recorder {
  const latency = createHistogram();
  const lateness = createHistogram();
  const statuses: Record<string, number> = {};
  const kept: { failure?: string } = {};
  const answeredAt = new Map<string, number>();
  const startedAtMicros = nowMicros();
  const cpu = process.cpuUsage();

  return {
    answered: (dueMicros, status, failure, body) => {
      if (plan.tellsAnswers) answeredAt.set(stampIn(body), nowMicros());
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (failure !== undefined) kept.failure ??= failure;
      recordMicros(latency, nowMicros() - dueMicros);
    },
    late: (micros) => {
      recordMicros(lateness, micros);
    },
    result: () => {
      const seconds = (nowMicros() - startedAtMicros) / 1e6;
      const used = process.cpuUsage(cpu);
      const posts = latency.total;
      return {
        posts,
        events: posts * plan.eventsPerPost,
        seconds,
        postsPerSecond: posts / seconds,
        eventsPerSecond: (posts * plan.eventsPerPost) / seconds,
        statuses,
        latency: summarise(latency),
        lateness: {
          p50: percentileMicros(lateness, 0.5) / 1000,
          p99: percentileMicros(lateness, 0.99) / 1000,
        },
        cpuMicrosPerPost: (used.user + used.system) / Math.max(1, posts),
        startedAtMicros,
        ...(kept.failure === undefined ? {} : { firstFailure: kept.failure }),
        ...(plan.tellsAnswers ? { answeredAtMicros: Object.fromEntries(answeredAt) } : {}),
      };
    },
  };
}
