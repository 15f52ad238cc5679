export type ReferencePath = '/openapi.json' | '/docs' | '/docs/reference.css' | '/docs/reference.js';
/** What there is to read about the API (`#src/reference`): made in this process, or kept as files beside it. */
export type Reference = (path: ReferencePath) => Promise<string>;

/** What only the host knows of its own running. All of it may be missing: a Worker has no process to scrape. */
export type HostOperations = {
  /** Everything that the meter has counted, in Prometheus's text format. */
  scrape?: () => Promise<{ body: string; contentType: string }>;
  /** True from the moment that a stop was asked for. */
  isStopping?: () => boolean;
  /** The sender's load, where this process sends. */
  sending?: () => { inFlight: number; waiting: number; lanes: number };
  /** What else the host rests on, each by its name; asked once the store has answered. */
  checks?: () => Promise<Record<string, string>>;
  /** Sets the host's own gauges, for a scrape. */
  measure?: () => Promise<void>;
  reference?: Reference;
};
