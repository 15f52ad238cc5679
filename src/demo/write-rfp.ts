import { sampleEvent } from '#src/catalog';
import type { Brand, Provider } from './cast.ts';
import { instantAt, minutesPerDay } from './clock.ts';
import type { Draw } from './draw.ts';
import type { PlannedEvent } from './planned-event.ts';
import { pad } from './number.ts';

export type RfpStory = {
  number: number;
  brand: Brand;
  bidders: readonly [Provider, ...Provider[]];
  startsAtMinute: number;
};

type Data = Record<string, unknown>;
type Scene = { minute: number; type: string; audience: string[]; data: Data };

/** A request for proposals until it is closed: awarded, withdrawn, or answered by nobody. */
export function writeRfp(draw: Draw, story: RfpStory): PlannedEvent[] {
  const id = `rfp_${pad(story.number)}`;
  return scenesOf(draw, story, id)
    .filter(({ minute }) => minute < minutesPerDay)
    .map(({ minute, type, audience, data }, i) => ({
      minute,
      expect: 'accepted',
      event: {
        id: `evt_rfp${pad(story.number)}_${i + 1}_${type.replaceAll('.', '_')}`,
        type,
        occurred_at: instantAt(minute),
        city: 'houston',
        subject: `rfps/${id}`,
        audience,
        data,
      },
    }));
}

function scenesOf(
  draw: Draw,
  { number, brand, bidders, startsAtMinute: created }: RfpStory,
  id: string,
): Scene[] {
  const sample = sampleEvent('rfp.created', 2, number * 31);
  const base: Data = {
    ...sample,
    rfp_id: id,
    status: 'open',
    revision: 1,
    created_at: instantAt(created),
    shoot_starts_at: instantAt(created + 14 * minutesPerDay),
    shoot_ends_at: instantAt(created + 14 * minutesPerDay + 240),
    respond_by: instantAt(created + 600),
    roles: [...new Set(bidders.map(({ role }) => role))],
    buyer: { account_id: brand.id, kind: 'brand', ...brand.contact, marketing_consent: true },
    external_ref: `campaign-${1_000 + number}`,
  };
  const everybody = [brand.id, ...bidders.map((bidder) => bidder.id)];
  const sentOut = created + draw.int(5, 15);
  const quotes = bidders
    .slice(0, draw.int(1, bidders.length))
    .map((bidder, i) => quoted(draw, base, brand, bidder, i, sentOut + 30 + i * 45));
  const decidedAt = sentOut + 60 + quotes.length * 60;
  const end = { ...base, quote_count: quotes.length };
  const opening: Scene[] = [
    { minute: created, type: 'rfp.created', audience: [brand.id], data: base },
    {
      minute: sentOut,
      type: 'rfp.broadcast',
      audience: everybody,
      data: { ...base, broadcast_at: instantAt(sentOut), recipient_count: bidders.length },
    },
    ...quotes.map(({ scene }) => scene),
  ];
  const chosen = quotes.at(-1);
  if (!chosen || draw.oneIn(4)) {
    const data = {
      ...end,
      status: 'withdrawn',
      withdrawn_at: instantAt(decidedAt),
      withdraw_reason: 'budget',
    };
    return [...opening, { minute: decidedAt, type: 'rfp.withdrawn', audience: everybody, data }];
  }
  const { quote_id, account_id, role, price } = chosen.quote;
  return [
    ...opening,
    {
      minute: decidedAt,
      type: 'rfp.awarded',
      audience: [brand.id, account_id],
      data: {
        ...end,
        status: 'awarded',
        awarded_at: instantAt(decidedAt),
        awarded_to: { quote_id, account_id, role, price },
      },
    },
    {
      minute: decidedAt + 30,
      type: 'rfp.closed',
      audience: everybody,
      data: { ...end, status: 'closed', closed_at: instantAt(decidedAt + 30), outcome: 'awarded' },
    },
  ];
}

function quoted(draw: Draw, base: Data, brand: Brand, bidder: Provider, index: number, minute: number) {
  const quote = {
    quote_id: `quo_${String(base['rfp_id']).slice(4)}_${index + 1}`,
    account_id: bidder.id,
    role: bidder.role,
    quoted_at: instantAt(minute),
    valid_until: instantAt(minute + 7 * minutesPerDay),
    price: { amount_cents: draw.int(6, 40) * 10_000, currency: 'USD' },
    cover_note: 'I shot the last two of these and know the light there.',
  };
  const scene: Scene = {
    minute,
    type: 'rfp.quoted',
    audience: [brand.id, bidder.id],
    data: { ...base, quote_count: index + 1, quote },
  };
  return { quote, scene };
}
