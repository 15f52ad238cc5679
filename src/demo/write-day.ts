import { brands, camila, type Provider, providers, venues } from './cast.ts';
import { createDraw, type Draw } from './draw.ts';
import type { PlannedEvent } from './planned-event.ts';
import { writeAsides, writeMistakes } from './write-asides.ts';
import { type BookingStory, writeBooking } from './write-booking.ts';
import { writeRfp } from './write-rfp.ts';

const bookingCount = 42;
const rfpCount = 9;

/** The whole day in the order of its minutes: the same for the same seed. */
export function writeDay(seed: number): PlannedEvent[] {
  const draw = createDraw(seed);
  const bookings = Array.from({ length: bookingCount }, (_, i) => writeBooking(draw, bookingStory(draw, i)));
  const rfps = Array.from({ length: rfpCount }, (_, i) =>
    writeRfp(draw, {
      number: i + 1,
      brand: draw.pick(brands),
      bidders: biddersFrom(i),
      startsAtMinute: draw.int(7 * 60, 17 * 60),
    }),
  );
  return [...bookings.flat(), ...rfps.flat(), ...writeAsides(draw), ...writeMistakes()].toSorted(
    (a, b) => a.minute - b.minute,
  );
}

const plots = ['done', 'instant', 'done', 'ahead', 'redone', 'done', 'cancelled'] as const;

function bookingStory(draw: Draw, index: number): BookingStory {
  // Everybody in turn, so that each endpoint of the day has something to do.
  const provider = providers[index % providers.length] ?? camila;
  const isShort = provider.id === camila.id;
  return {
    number: index + 1,
    brand: draw.pick(brands),
    provider,
    venue: venues[(index * 3 + Math.floor(index / 7) + 1) % venues.length] ?? venues[0],
    plot: plots[index % plots.length] ?? 'done',
    // Camila's endpoint hangs: early bookings leave time to see it retried.
    startsAtMinute: isShort ? draw.int(5 * 60, 6 * 60) : draw.int(6 * 60, 14 * 60),
  };
}

function biddersFrom(index: number): [Provider, ...Provider[]] {
  const at = (offset: number) => providers[(index * 5 + offset) % providers.length] ?? camila;
  return [at(0), at(3), at(7)];
}
