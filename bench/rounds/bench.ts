import type { ClusterHome } from '../cluster.ts';
import type { Figures } from '../figures.ts';
import type { HubHome } from '../hub.ts';
import type { Options } from '../options.ts';
import type { Sink } from '../sink/client.ts';

/** What every round of a run has in hand. */
export type Bench = {
  options: Options;
  figures: Figures;
  sink: Sink;
  /** An empty directory, gone when the run ends. */
  directory(): string;
  /** The hub's prepared store; undefined when the hub does not start, which is then a failure of the run. */
  home: HubHome | undefined;
  /** The same of a cluster, and the servers that it stands on. */
  cluster: ClusterHome | undefined;
  say(text: string): void;
};
