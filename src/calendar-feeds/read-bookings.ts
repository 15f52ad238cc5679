import type { Reader } from '#src/access';
import type { Ctx } from '#src/context';
import { listEntities, type ShownEntity } from '#src/marketplace';

const dayMs = 86_400_000;
/** What ended before is history: readers fetch the whole calendar each time. */
const shownAfterEndMs = 365 * dayMs;
/** So that a copy hears of a change, a cancellation above all, however rarely it is fetched. */
const shownAfterChangeMs = 90 * dayMs;
/** Read, the newest first, of an account that has more. */
const mostBookings = 2_000;
const bookingsPerRead = 500;

/** The bookings of a calendar, by start: what lies ahead, what ended within a year, what changed within 90 days. */
export async function readBookings(ctx: Ctx, reader: Reader): Promise<ShownEntity[]> {
  const nowMs = ctx.clock.ms();
  const isShown = ({ updated_at, data }: ShownEntity): boolean =>
    Date.parse(String(data['ends_at'])) > nowMs - shownAfterEndMs ||
    Date.parse(updated_at) > nowMs - shownAfterChangeMs;
  const shown: ShownEntity[] = [];
  let after: string | undefined;
  for (let read = 0; read < mostBookings; read += bookingsPerRead) {
    const page = await listEntities(ctx, reader, 'booking', { after, limit: bookingsPerRead });
    shown.push(...page.data.filter(isShown));
    if (page.next_cursor === null) break;
    after = page.next_cursor;
  }
  return shown.sort((a, b) => compare(startOf(a), startOf(b)) || compare(a.id, b.id));
}

const startOf = ({ data }: ShownEntity): string => String(data['starts_at']);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
