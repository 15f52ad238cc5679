import * as z from 'zod';
import type { EventType } from './event-type.ts';
import { id, instant, media, revealedBy, text } from './fields.ts';
import { drawFrom, buyers } from './samples.ts';
import { providerRoles } from './vocabulary.ts';

const open = revealedBy('reviews:read', 'none');
// Public, and still somebody's words: erasure must find them.
const words = revealedBy('reviews:read', 'personal');

const published = z.strictObject({
  review_id: open('The review.', id('rev')),
  booking_id: open('The booking that it is about.', id('bkg')),
  rating: open('One to five stars.', z.int().min(1).max(5)),
  body: words('The text as published.', text(4000)).optional(),
  author_account_id: open('Who wrote it.', id('acc')),
  author_name: words('The name shown with it.', text(120)).optional(),
  about_account_id: open('Whom it is about.', id('acc')),
  about_role: open('As what they worked.', z.enum([...providerRoles, 'buyer'])),
  published_at: open('When.', instant()),
  photos: z.array(media('reviews:read', 'personal')).max(20).optional(),
});

export const reviewTypes: readonly EventType[] = [
  {
    type: 'review.published',
    description: 'A review became public.',
    stream: 'trust_safety',
    scope: 'reviews:read',
    critical: false,
    system: false,
    defaultOn: true,
    entity: { kind: 'review', idField: 'review_id' },
    versions: { 1: published },
    latest: 1,
    sample: (_version, seed) => {
      const draw = drawFrom(seed);
      return {
        review_id: draw.id('rev'),
        booking_id: draw.id('bkg'),
        rating: draw.int(4, 5),
        body: 'On time, kind on set, and the edits came a day early.',
        author_account_id: draw.id('acc'),
        author_name: draw.pick(buyers).name,
        about_account_id: draw.id('acc'),
        about_role: draw.pick(providerRoles),
        published_at: draw.at(0),
      };
    },
  },
];
