import type { Facts, HubEvent, Op } from '#kit';
import { bookingCard } from './booking-card.ts';
import { type Block, type Card, lay } from './card.ts';
import { deliverableCard } from './deliverable-card.ts';
import { directCost, isChannel, type Kind, type Options } from './manifest.ts';
import { directCard, escrowCard, noticeCard, reviewCard } from './other-cards.ts';
import { text } from './read.ts';
import { rfpCard } from './rfp-card.ts';

/** What `deliver` needs to post; the buttons are put below the blocks there, since they name the connection. */
export type Body = {
  /** Empty: none was chosen. */
  channel: string;
  text: string;
  blocks: Block[];
  /** Needs the option and the approval: a message between two people, or one to a person. */
  isDirect: boolean;
  /** Path of "Open in Patchbay". */
  open: string;
  respond?: { subject: string; who: 'person' | 'channel' };
};

/** What is retracted: by the ref's id alone, so that it needs no event any more. */
export type Retraction = { ref: string };

/**
 * Through the webhook each event is a message of its own, since none can be edited. With `chat:write` whatever is about
 * one booking, RFP or deliverable is one message, and its key is theirs.
 */
export function plan(event: HubEvent, options: Options, facts: Facts): Op<Kind>[] {
  const card = cardOf(event);
  if (!card) return [];
  const own = text(facts, 'channel.id');
  const channel = options.channel ?? own ?? '';
  const isCurrent = channel !== own;
  const isDirect = event.type === 'message.direct' || (channel !== '' && !isChannel(channel));
  const body: Body = {
    channel,
    ...lay(card),
    isDirect,
    open: card.path,
    ...(card.respond && options.respond !== 'off'
      ? { respond: { subject: card.respond, who: options.respond } }
      : {}),
  };
  const about = isCurrent && staysCurrent(event.type) ? event.subject : event.id;
  return [
    {
      key: `${channel}:${about}`,
      seq: event.sequence,
      kind: isCurrent ? 'message' : 'post',
      body,
      ...(isDirect ? { cost: directCost } : {}),
    },
  ];
}

const staysCurrent = (type: string): boolean => /^(booking|instant_book|deliverable|rfp)\./.test(type);

function cardOf(event: HubEvent): Card | null {
  const [family] = event.type.split('.');
  switch (family) {
    case 'booking':
    case 'instant_book':
      return bookingCard(event);
    case 'deliverable':
      return deliverableCard(event);
    case 'rfp':
      return rfpCard(event);
    case 'escrow':
      return event.type === 'escrow.released' ? escrowCard(event) : null;
    case 'review':
      return event.type === 'review.published' ? reviewCard(event) : null;
    case 'message':
      return event.type === 'message.direct' ? directCard(event) : null;
    default:
      return noticeCard(event);
  }
}
