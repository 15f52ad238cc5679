const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const longestMs = 30 * 86_400_000;

/** `30m`, `2 hours`, `1d`, to thirty days; null: without end; undefined: not understood. */
export function readDuration(said: string): number | null | undefined {
  if (said === '') return null;
  const found = /^(\d{1,5})\s*(m|min|mins|minutes?|h|hours?|d|days?)$/i.exec(said);
  const ms = Number(found?.[1]) * (unitMs[found?.[2]?.[0]?.toLowerCase() ?? ''] ?? Number.NaN);
  return Number.isFinite(ms) && ms > 0 && ms <= longestMs ? ms : undefined;
}

export function durationWords(ms: number): string {
  const [unit, size] =
    ms % 86_400_000 === 0
      ? ['day', 86_400_000]
      : ms % 3_600_000 === 0
        ? ['hour', 3_600_000]
        : ['minute', 60_000];
  const count = Math.round(ms / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
