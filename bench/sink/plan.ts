import type { Latency } from '../histogram.ts';

/** How a path of the sink answers: `hang` reads the request and never says a word. */
export type SinkMode = 'ok' | 'hang' | 'fail' | 'gone' | 'busy';

export type SinkReady = { controlPort: number; ports: number[] };

export type SinkCounts = {
  received: number;
  /** Of these, distinct `webhook-id`s. */
  distinct: number;
  /** Answered 200. */
  taken: number;
  firstAtMicros: number;
  lastAtMicros: number;
  /** Milliseconds from the event's stamp to its first arrival here, of what was taken. */
  latency: Latency;
  signatures: { checked: number; wrong: number };
};
