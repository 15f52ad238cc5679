import * as z from 'zod';
import type { EventType } from './event-type.ts';
import { id, instant, media, revealedBy, text } from './fields.ts';
import { drawFrom } from './samples.ts';

const open = revealedBy('messages:read', 'none');
const words = revealedBy('messages:read', 'sensitive');

const direct = z.strictObject({
  message_id: open('The message.', id('msg')),
  thread_id: open('The conversation.', id('thr')),
  booking_id: open('The booking that they talk about.', id('bkg')).optional(),
  from_account_id: open('Who wrote.', id('acc')),
  to_account_id: open('To whom.', id('acc')),
  sent_at: open('When.', instant()),
  body: words('What they wrote.', text(8000)),
  attachments: z.array(media('messages:read', 'sensitive')).max(10).optional(),
});

// Off by default: S2-69.
export const messageTypes: readonly EventType[] = [
  {
    type: 'message.direct',
    description: 'Somebody wrote to somebody. Off by default: no wildcard includes it.',
    stream: 'trust_safety',
    scope: 'messages:read',
    critical: true,
    system: false,
    defaultOn: false,
    entity: null,
    versions: { 1: direct },
    latest: 1,
    sample: (_version, seed) => {
      const draw = drawFrom(seed);
      return {
        message_id: draw.id('msg'),
        thread_id: draw.id('thr'),
        booking_id: draw.id('bkg'),
        from_account_id: draw.id('acc'),
        to_account_id: draw.id('acc'),
        sent_at: draw.at(0),
        body: 'Running ten minutes late, parking on Sabine.',
      };
    },
  },
];
