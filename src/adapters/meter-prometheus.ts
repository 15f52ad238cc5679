import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Meter } from '#src/ports';

export type PrometheusMeter = { meter: Meter; scrape(): Promise<string>; contentType: string };

/** Milliseconds: from a local sink to a receiver that takes its whole deadline. */
const buckets = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 15_000, 60_000];

/** Named by the requirements, so without our prefix, and there from the start: an alert on them must not wait for one. */
const fixedNames = ['spam_reports', 'rate_limit_hits'];

/** `patchbay_` before each name but the fixed ones; a metric is made when it is first used, so its labels are those of its first use. */
export function createPrometheusMeter(): PrometheusMeter {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  const made = <T>(known: Map<string, T>, name: string, make: () => T): T => {
    const metric = known.get(name) ?? make();
    known.set(name, metric);
    return metric;
  };
  const spec = (name: string, labels: Record<string, string>) => ({
    name: `patchbay_${name}`,
    help: name.replaceAll('_', ' '),
    labelNames: Object.keys(labels),
    registers: [registry],
  });
  for (const name of fixedNames) {
    const help = `${name.replaceAll('_', ' ')}, by whose limit or report it is`;
    const counter = new Counter({ name, help, labelNames: ['whose'], registers: [registry] });
    for (const whose of ['ours', 'theirs']) counter.inc({ whose }, 0);
    counters.set(name, counter);
  }
  return {
    meter: {
      count: (name, labels = {}, by = 1) =>
        made(counters, name, () => new Counter({ ...spec(`${name}_total`, labels) })).inc(labels, by),
      gauge: (name, value, labels = {}) =>
        made(gauges, name, () => new Gauge(spec(name, labels))).set(labels, value),
      observe: (name, value, labels = {}) =>
        made(histograms, name, () => new Histogram({ ...spec(name, labels), buckets })).observe(
          labels,
          value,
        ),
    },
    scrape: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
