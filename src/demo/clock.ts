/** One day of Houston in minutes after its midnight. Standard time in November: UTC-6, and no change that day. */
const midnightMs = Date.UTC(2026, 10, 21, 6);
export const dayName = 'Saturday 21 November 2026';
export const minutesPerDay = 1_440;
/** Nothing happens before five in the morning, so the demo does not wait for it. */
export const firstMinute = 5 * 60;

/** The instant that many minutes after midnight in Houston; the day before is negative. */
export function instantAt(minute: number): string {
  return new Date(midnightMs + Math.round(minute * 60_000)).toISOString();
}

/** `14:05`. */
export function timeOfDay(minute: number): string {
  const whole = Math.max(0, Math.min(minutesPerDay, Math.floor(minute)));
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}
