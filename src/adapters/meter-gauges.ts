import type { Meter } from '#src/ports';

/**
 * Gauges alone, in Prometheus's text format. An isolate of a Worker lives for minutes and there are many of them, so a
 * counter of one tells nothing: what was done is in the log. What the store knows is the same for all, and is measured
 * when somebody looks.
 */
export function createGaugeMeter(): { meter: Meter; scrape(): string; contentType: string } {
  const gauges = new Map<string, number>();
  return {
    meter: {
      count: () => {},
      observe: () => {},
      gauge: (name, value, labels = {}) => {
        const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
        gauges.set(`patchbay_${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''}`, value);
      },
    },
    scrape: () => [...gauges].map(([name, value]) => `${name} ${value}\n`).join(''),
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
  };
}
