/** What else happens on such a day: people write to each other, a promotion runs out, and a publisher makes mistakes. */
import { sampleEvent } from '#src/catalog';
import { brands, coldBrew, denim, linh, type Provider, providers } from './cast.ts';
import { instantAt } from './clock.ts';
import type { Draw } from './draw.ts';
import type { PlannedEvent } from './planned-event.ts';
import { bookingId, pad } from './number.ts';

export function writeAsides(draw: Draw): PlannedEvent[] {
  const writers = [linh, ...Array.from({ length: 9 }, () => draw.pick(providers))];
  return [
    ...writers.map((provider, i) => message(draw, provider, i + 1)),
    promotion(13 * 60 + 20, 1, [denim.id, coldBrew.id]),
    promotion(20 * 60 + 5, 2, [denim.id]),
  ];
}

/** Each is refused or set aside for another reason; the rest of the day goes on. */
export function writeMistakes(): PlannedEvent[] {
  const unverified = sampleEvent('instant_book.confirmed', 2, 7);
  delete unverified['id_verified_at'];
  const unrated = {
    ...sampleEvent('review.published', 1, 7),
    photos: [{ url: 'https://media.example.com/set/17.jpg' }],
  };
  const sides = [denim.id, linh.id];
  return [
    {
      minute: 9 * 60 + 12,
      expect: 'quarantined',
      event: odd('unverified', 'instant_book.confirmed', sides, 9 * 60 + 12, unverified),
    },
    {
      minute: 15 * 60 + 40,
      expect: 'quarantined',
      event: odd('unrated', 'review.published', sides, 15 * 60 + 40, unrated),
    },
    // No such city can be: the envelope itself is wrong, so nothing is kept of it.
    {
      minute: 11 * 60 + 3,
      expect: 'invalid',
      event: { ...odd('misspelt', 'booking.requested', sides, 11 * 60 + 3, {}), city: 'Houston, TX' },
    },
  ];
}

const lines = [
  'Running ten minutes late, parking on Sabine.',
  'Can we start at four? The light is better then.',
  'Loved the first cut. One small note on the logo.',
  'Bringing a second reflector, the forecast says clouds.',
] as const;

function message(draw: Draw, provider: Provider, number: number): PlannedEvent {
  const minute = draw.int(8 * 60, 21 * 60);
  const brand = draw.pick(brands);
  const [from, to] = draw.oneIn(2) ? [brand.id, provider.id] : [provider.id, brand.id];
  const data = {
    message_id: `msg_${pad(number)}`,
    thread_id: `thr_${pad(number)}`,
    booking_id: bookingId({ number }),
    from_account_id: from,
    to_account_id: to,
    sent_at: instantAt(minute),
    body: draw.pick(lines),
  };
  return {
    minute,
    expect: 'accepted',
    event: {
      id: `evt_msg${pad(number)}`,
      type: 'message.direct',
      occurred_at: instantAt(minute),
      city: 'houston',
      subject: `threads/thr_${pad(number)}`,
      audience: [from, to],
      data,
    },
  };
}

function promotion(minute: number, number: number, audience: string[]): PlannedEvent {
  const data = {
    ...sampleEvent('promotion.capped', 1, number),
    promotion_id: `prm_${pad(number)}`,
    capped_at: instantAt(minute),
  };
  return {
    minute,
    expect: 'accepted',
    event: {
      id: `evt_prm${pad(number)}`,
      type: 'promotion.capped',
      occurred_at: instantAt(minute),
      city: 'houston',
      subject: `promotions/prm_${pad(number)}`,
      audience,
      data,
    },
  };
}

function odd(
  name: string,
  type: string,
  audience: string[],
  minute: number,
  data: Record<string, unknown>,
): PlannedEvent['event'] {
  return {
    id: `evt_odd_${name}`,
    type,
    occurred_at: instantAt(minute),
    city: 'houston',
    subject: `odd/${name}`,
    audience,
    data,
  };
}
