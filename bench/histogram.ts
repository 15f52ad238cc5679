/**
 * Latencies in microseconds, in buckets whose width grows with the value (1/64 of it at most, so a
 * percentile is within 1.6 %). Fixed memory, and two histograms merge by addition.
 */
const SUB_BUCKETS = 64;
const OCTAVES = 32;

export type Histogram = { counts: Float64Array; total: number; maxMicros: number };

export type Latency = { count: number; p50: number; p95: number; p99: number; max: number };

export function createHistogram(): Histogram {
  return { counts: new Float64Array(SUB_BUCKETS * OCTAVES), total: 0, maxMicros: 0 };
}

export function recordMicros(histogram: Histogram, micros: number): void {
  const value = micros > 0 ? micros : 0;
  const bucket = bucketOf(value);
  histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
  histogram.total += 1;
  if (value > histogram.maxMicros) histogram.maxMicros = value;
}

export function mergeHistograms(histograms: Iterable<Histogram>): Histogram {
  const merged = createHistogram();
  for (const one of histograms) {
    for (let bucket = 0; bucket < merged.counts.length; bucket += 1) {
      merged.counts[bucket] = (merged.counts[bucket] ?? 0) + (one.counts[bucket] ?? 0);
    }
    merged.total += one.total;
    merged.maxMicros = Math.max(merged.maxMicros, one.maxMicros);
  }
  return merged;
}

/** The upper edge of the bucket that holds the given share (0 to 1) of all values. */
export function percentileMicros(histogram: Histogram, share: number): number {
  const wanted = Math.max(1, Math.ceil(histogram.total * share));
  let seen = 0;
  for (let bucket = 0; bucket < histogram.counts.length; bucket += 1) {
    seen += histogram.counts[bucket] ?? 0;
    if (seen >= wanted) return Math.min(upperEdge(bucket), histogram.maxMicros);
  }
  return 0;
}

/** In milliseconds, as reports want it. */
export function summarise(histogram: Histogram): Latency {
  return {
    count: histogram.total,
    p50: percentileMicros(histogram, 0.5) / 1000,
    p95: percentileMicros(histogram, 0.95) / 1000,
    p99: percentileMicros(histogram, 0.99) / 1000,
    max: histogram.maxMicros / 1000,
  };
}

// Below 64 each microsecond has its own bucket; above, an octave has 64 of them.
function bucketOf(micros: number): number {
  if (micros < SUB_BUCKETS) return Math.floor(micros);
  const octave = Math.floor(Math.log2(micros)) - 5;
  const within = Math.floor(micros / 2 ** (octave - 1)) - SUB_BUCKETS;
  return Math.min(SUB_BUCKETS * octave + within, SUB_BUCKETS * OCTAVES - 1);
}

function upperEdge(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket + 1;
  const octave = Math.floor(bucket / SUB_BUCKETS);
  const within = bucket % SUB_BUCKETS;
  return (SUB_BUCKETS + within + 1) * 2 ** (octave - 1);
}
