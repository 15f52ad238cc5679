import { sampleEvent } from '#src/catalog';
import { instantAt, minutesPerDay } from './clock.ts';
import type { Draw } from './draw.ts';
import { bookingId, pad } from './number.ts';
import type { BookingStory, Data, Opening, Scene } from './write-booking.ts';

/** What follows a shoot: the work is handed in, accepted (at the second go, where it is redone), paid and reviewed. */
export function writeDelivery(draw: Draw, story: BookingStory, { base, endsAt }: Opening): Scene[] {
  const completedAt = endsAt + draw.int(2, 15);
  const completed: Scene = {
    minute: completedAt,
    type: 'booking.completed',
    data: { ...base, status: 'completed', completed_at: instantAt(completedAt) },
  };
  const rounds = story.plot === 'redone' ? 2 : 1;
  const handedIn = Array.from({ length: rounds }, (_, i) => completedAt + draw.int(40, 100) + i * 150);
  const works = handedIn.map((minute, i) => deliverable(story, i + 1, minute, draw.int(1, 999)));
  const [first, last] = [works[0], works.at(-1)];
  if (!first || !last) return [completed];
  const acceptedAt = last.submittedAt + draw.int(15, 60);
  const rejectedAt = first.submittedAt + draw.int(10, 40);
  const sides = [story.brand.id, story.provider.id];
  const scene = (minute: number, status: string, data: Data): Scene => ({
    minute,
    type: `deliverable.${status}`,
    subject: `deliverables/${String(data['deliverable_id'])}`,
    audience: sides,
    data: { ...data, status },
  });
  return [
    completed,
    scene(first.submittedAt, 'submitted', first.data),
    ...(rounds > 1
      ? [
          scene(rejectedAt, 'rejected', {
            ...first.data,
            rejected_at: instantAt(rejectedAt),
            reject_reason: draw.pick(['quality', 'incomplete']),
          }),
          scene(last.submittedAt, 'submitted', last.data),
        ]
      : []),
    scene(acceptedAt, 'accepted', { ...last.data, accepted_at: instantAt(acceptedAt), accepted_by: 'buyer' }),
    escrow(story, base, last.data, acceptedAt + 1),
    review(draw, story, acceptedAt + draw.int(20, 120)),
  ];
}

function deliverable(
  story: BookingStory,
  revision: number,
  minute: number,
  seed: number,
): { submittedAt: number; data: Data } {
  const sample = sampleEvent('deliverable.submitted', 1, seed);
  return {
    submittedAt: minute,
    data: {
      deliverable_id: `dlb_${pad(story.number)}`,
      booking_id: bookingId(story),
      title: sample['title'],
      revision,
      storage: sample['storage'],
      buyer_account_id: story.brand.id,
      provider_account_id: story.provider.id,
      provider_role: story.provider.role,
      submitted_at: instantAt(minute),
      review_due_at: instantAt(minute + 3 * minutesPerDay),
      manifest: sample['manifest'],
    },
  };
}

function escrow(story: BookingStory, base: Data, work: Data, minute: number): Scene {
  // True by the sample that `snapshot` took it from.
  const payment = base['payment'] as {
    total: { amount_cents: number; currency: string };
    payment_method: string;
    buyer_fee_cents: number;
  };
  const takeRateCents = Math.round(payment.total.amount_cents / 10);
  return {
    minute,
    type: 'escrow.released',
    audience: [story.brand.id, story.provider.id],
    data: {
      escrow_id: `esc_${pad(story.number)}`,
      booking_id: bookingId(story),
      deliverable_id: work['deliverable_id'],
      released_at: instantAt(minute),
      release_reason: 'accepted',
      payee_account_id: story.provider.id,
      payer_account_id: story.brand.id,
      released: { ...payment.total, amount_cents: payment.total.amount_cents - takeRateCents },
      take_rate_cents: takeRateCents,
      payment_method: payment.payment_method,
      buyer_fee_cents: payment.buyer_fee_cents,
    },
  };
}

const praise = [
  'On time, kind on set, and the edits came the same afternoon.',
  'Knew exactly where the light would be at six.',
  'Calm when the rain came, and had a plan for it.',
] as const;

function review(draw: Draw, { number, brand, provider }: BookingStory, minute: number): Scene {
  return {
    minute,
    type: 'review.published',
    subject: `reviews/rev_${pad(number)}`,
    audience: [brand.id, provider.id],
    data: {
      review_id: `rev_${pad(number)}`,
      booking_id: bookingId({ number }),
      rating: draw.int(4, 5),
      body: draw.pick(praise),
      author_account_id: brand.id,
      author_name: brand.contact.name,
      about_account_id: provider.id,
      about_role: provider.role,
      published_at: instantAt(minute),
    },
  };
}
