/** What a load run sends, and for how long. It travels to the generator as JSON. */
export type LoadPlan = {
  url: string;
  headers: Record<string, string>;
  events: EventTemplate;
  /** Every `every`-th event is made from this one instead. */
  alternate?: { events: EventTemplate; every: number };
  /** The audience of each event is drawn among so many seeded accounts (see accounts.ts). */
  drawAccountsBelow?: number;
  eventsPerPost: number;
  connections: number;
  /** Posts a second, on a fixed timetable (open loop); without it each connection posts as soon as it may. */
  postsPerSecond?: number;
  /** The run ends at whichever comes first. */
  seconds: number;
  maxPosts?: number;
  /** Whether the result tells when each event was answered. */
  tellsAnswers?: boolean;
};

/** An event cut at every place where its stamp goes. */
export type EventTemplate = string[];

export type LoadResult = {
  posts: number;
  events: number;
  seconds: number;
  postsPerSecond: number;
  eventsPerSecond: number;
  /** Counts by status; `0` is a request without an answer. */
  statuses: Record<string, number>;
  /** Milliseconds from when a post was due to its whole answer. */
  latency: { count: number; p50: number; p95: number; p99: number; max: number };
  /** How late the generator itself was (open loop): a large figure here makes the run worthless. */
  lateness: { p50: number; p99: number };
  cpuMicrosPerPost: number;
  startedAtMicros: number;
  firstFailure?: string;
  /** By stamp, in microseconds; of a plan that asked for it, one event a post. */
  answeredAtMicros?: Record<string, number>;
};
