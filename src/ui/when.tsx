import { useScreen } from './screen.ts';

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** A moment: relative in words, exact on hover, labelled with its zone. `exact` shows the exact one. */
export function When({ at, exact = false }: { at: string; exact?: boolean }) {
  const { nowMs, timeZone } = useScreen();
  const exactly = exactWords(at, timeZone);
  return (
    <time datetime={at} title={exactly} {...(exact ? { 'data-as': 'exact' } : {})}>
      {exact ? exactly : relativeWords(Date.parse(at) - nowMs)}
    </time>
  );
}

/** `ms` from now: negative is past. */
export function relativeWords(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const found = units.find(([, size]) => Math.abs(seconds) >= size);
  if (!found) return seconds > 0 ? 'in a moment' : 'just now';
  const [unit, size] = found;
  return relative.format(Math.trunc(seconds / size), unit);
}

function exactWords(at: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(new Date(at));
}
