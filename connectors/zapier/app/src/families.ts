/** Event types by what they are about; a trigger each. What the hub says of itself (a token ends, a test) is for no Zap. */
export type Family = {
  key: 'booking' | 'deliverable' | 'rfp' | 'review' | 'escrow' | 'promotion' | 'message';
  /** As Zapier writes it: `Booking`. */
  noun: string;
  label: string;
  description: string;
  scope: string;
  /** The first is what a new Zap begins with. */
  events: readonly (readonly [event: string, label: string])[];
};

export const families: readonly Family[] = [
  {
    key: 'booking',
    noun: 'Booking',
    label: 'Booking Changed',
    description: 'Triggers when a booking is requested, confirmed, moved, cancelled or completed.',
    scope: 'bookings:read',
    events: [
      ['booking.*', 'Any change'],
      ['booking.requested', 'Requested'],
      ['booking.confirmed', 'Confirmed'],
      ['booking.rescheduled', 'Moved to another time'],
      ['booking.cancelled', 'Cancelled'],
      ['booking.completed', 'Completed'],
      ['instant_book.confirmed', 'Booked instantly'],
    ],
  },
  {
    key: 'deliverable',
    noun: 'Deliverable',
    label: 'Deliverable Changed',
    description: 'Triggers when work is submitted, accepted or rejected.',
    scope: 'deliverables:read',
    events: [
      ['deliverable.*', 'Any change'],
      ['deliverable.submitted', 'Submitted'],
      ['deliverable.accepted', 'Accepted'],
      ['deliverable.rejected', 'Rejected'],
    ],
  },
  {
    key: 'rfp',
    noun: 'RFP',
    label: 'RFP Changed',
    description: 'Triggers when a request for proposals is created, quoted, awarded, withdrawn or closed.',
    scope: 'rfps:read',
    events: [
      ['rfp.*', 'Any change'],
      ['rfp.created', 'Created'],
      ['rfp.broadcast', 'Sent out'],
      ['rfp.quoted', 'Quoted'],
      ['rfp.awarded', 'Awarded'],
      ['rfp.withdrawn', 'Withdrawn'],
      ['rfp.closed', 'Closed'],
    ],
  },
  {
    key: 'review',
    noun: 'Review',
    label: 'Review Published',
    description: 'Triggers when a review is published.',
    scope: 'reviews:read',
    events: [['review.published', 'Published']],
  },
  {
    key: 'escrow',
    noun: 'Payout',
    label: 'Escrow Released',
    description: 'Triggers when money that was held for accepted work is released.',
    scope: 'money:read',
    events: [['escrow.released', 'Released']],
  },
  {
    key: 'promotion',
    noun: 'Promotion',
    label: 'Promotion Used Up',
    description: 'Triggers when a promotion has reached its cap.',
    scope: 'money:read',
    events: [['promotion.capped', 'Cap reached']],
  },
  {
    key: 'message',
    noun: 'Direct Message',
    label: 'Direct Message',
    description: 'Triggers when somebody writes a direct message.',
    scope: 'messages:read',
    events: [['message.direct', 'Received']],
  },
];
