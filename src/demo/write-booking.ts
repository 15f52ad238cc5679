/**
 * One booking from its request to its review, told by the events that the marketplace would publish. Prices, notes and
 * references come from the catalogue's samples; people, places and times are the story's own, so that the events of
 * one booking agree with each other.
 */
import { sampleEvent } from '#src/catalog';
import type { Brand, Provider, Venue } from './cast.ts';
import { instantAt, minutesPerDay } from './clock.ts';
import type { Draw } from './draw.ts';
import type { PlannedEvent } from './planned-event.ts';
import { bookingId, pad } from './number.ts';
import { writeDelivery } from './write-delivery.ts';

export type BookingStory = {
  number: number;
  brand: Brand;
  provider: Provider;
  venue: Venue;
  plot: 'done' | 'redone' | 'instant' | 'cancelled' | 'ahead';
  startsAtMinute: number;
};

export type Data = Record<string, unknown>;
export type Scene = { minute: number; type: string; subject?: string; data: Data; audience?: string[] };

export function writeBooking(draw: Draw, story: BookingStory): PlannedEvent[] {
  const audience = [
    story.brand.id,
    story.provider.id,
    ...(story.venue.studio_account_id ? [story.venue.studio_account_id] : []),
  ];
  return (
    scenesOf(draw, story)
      // What the day is too short for happens tomorrow.
      .filter(({ minute }) => minute < minutesPerDay)
      .map((scene, i) => ({
        minute: scene.minute,
        expect: 'accepted',
        event: {
          id: `evt_${pad(story.number)}_${i + 1}_${scene.type.replaceAll('.', '_')}`,
          type: scene.type,
          occurred_at: instantAt(scene.minute),
          city: story.venue.city,
          subject: scene.subject ?? `bookings/${bookingId(story)}`,
          audience: scene.audience ?? audience,
          data: scene.data,
        },
      }))
  );
}

function scenesOf(draw: Draw, story: BookingStory): Scene[] {
  const opening = open(draw, story);
  switch (story.plot) {
    case 'cancelled':
      return [...opening.scenes, cancelled(draw, opening)];
    case 'ahead':
      return draw.oneIn(2) ? [...opening.scenes, rescheduled(draw, opening)] : opening.scenes;
    case 'done':
    case 'redone':
    case 'instant':
      return [...opening.scenes, ...writeDelivery(draw, story, opening)];
    default:
      return story.plot satisfies never;
  }
}

export type Opening = { scenes: Scene[]; base: Data; confirmedAt: number; startsAt: number; endsAt: number };

function open(draw: Draw, story: BookingStory): Opening {
  const asked = story.startsAtMinute;
  const confirmedAt = story.plot === 'instant' ? asked : asked + draw.int(10, 45);
  const startsAt =
    story.plot === 'ahead' || story.plot === 'cancelled'
      ? asked + draw.int(2, 9) * minutesPerDay
      : confirmedAt + draw.int(45, 120);
  const endsAt = startsAt + draw.int(2, 5) * 30;
  const base = snapshot(draw, story, asked, startsAt, endsAt);
  const confirmed = { ...base, status: 'confirmed', confirmed_at: instantAt(confirmedAt) };
  const scenes: Scene[] =
    story.plot === 'instant'
      ? [
          {
            minute: asked,
            type: 'instant_book.confirmed',
            data: { ...confirmed, id_verified_at: instantAt(asked - 30 * minutesPerDay) },
          },
        ]
      : [
          {
            minute: asked,
            type: 'booking.requested',
            data: { ...base, status: 'requested', respond_by: instantAt(asked + 240) },
          },
          { minute: confirmedAt, type: 'booking.confirmed', data: confirmed },
        ];
  return { scenes, base, confirmedAt, startsAt, endsAt };
}

const titles = {
  model: ['Fall lookbook', 'editorial'],
  photographer: ['Golden-hour portraits', 'portrait'],
  videographer: ['Launch film', 'commercial-video'],
  creator: ['Three short clips', 'social'],
  studio: ['Studio day', 'studio'],
} as const;

function snapshot(
  draw: Draw,
  { number, brand, provider, venue, plot, startsAtMinute }: BookingStory,
  asked: number,
  startsAt: number,
  endsAt: number,
): Data {
  const sample = sampleEvent('booking.requested', 2, number * 97 + draw.int(1, 50));
  const [title, service] = titles[provider.role];
  return {
    booking_id: bookingId({ number }),
    title,
    service,
    instant_book: plot === 'instant',
    created_at: instantAt(Math.min(asked, startsAtMinute)),
    starts_at: instantAt(startsAt),
    ends_at: instantAt(endsAt),
    time_zone: 'America/Chicago',
    venue,
    buyer: { account_id: brand.id, kind: 'brand', ...brand.contact },
    provider: { account_id: provider.id, role: provider.role, ...provider.contact },
    payment: sample['payment'],
    notes: sample['notes'],
    references: sample['references'],
  };
}

function cancelled(draw: Draw, { base, confirmedAt }: Opening): Scene {
  const minute = confirmedAt + draw.int(60, 300);
  const why = draw.pick(['weather', 'schedule', 'illness'] as const);
  return {
    minute,
    type: 'booking.cancelled',
    data: {
      ...base,
      status: 'cancelled',
      cancelled_at: instantAt(minute),
      cancelled_by: draw.pick(['buyer', 'provider']),
      cancel_reason: why,
    },
  };
}

function rescheduled(draw: Draw, { base, confirmedAt, startsAt, endsAt }: Opening): Scene {
  const minute = confirmedAt + draw.int(60, 300);
  const byMinutes = draw.int(1, 3) * minutesPerDay;
  return {
    minute,
    type: 'booking.rescheduled',
    data: {
      ...base,
      status: 'confirmed',
      starts_at: instantAt(startsAt + byMinutes),
      ends_at: instantAt(endsAt + byMinutes),
      previous_starts_at: instantAt(startsAt),
      previous_ends_at: instantAt(endsAt),
      rescheduled_at: instantAt(minute),
      rescheduled_by: draw.pick(['buyer', 'provider']),
    },
  };
}
