/** What was done, said once on the page that follows. A closed list: nothing in an address is ever repeated. */
const toasts = {
  elevated: 'You are elevated. It ends by itself, or give it back when you are done.',
  given_back: 'Given back. Nothing sensitive is open to you now.',
  suspended: 'Suspended. Nothing that hangs below it passes until you lift it.',
  lifted: 'Lifted. What was held goes out now.',
  in_address:
    'A token does not belong into an address: it may be in your browser’s history now. Paste it into the field.',
  closed: 'The case is closed, with your note.',
  approved: 'Approved. From now on it is sent what it matches.',
  refused: 'Refused. It stays inert, and its owner sees that.',
  rule_made: 'The rule holds, for what is made or changed from now on.',
  rule_ended: 'The rule holds no more. What waits because of it goes on waiting.',
  let_through: 'Let through. The marketplace reads it next.',
  turned_away: 'Turned away. Who asked reads your reason.',
  origin_approved: 'Approved. What waited has gone to the marketplace, and so does what comes.',
  origin_blocked: 'Blocked. What waited is refused, and nothing more is taken.',
  redriven: 'Accepted, under its old sequence number. It is matched and delivered now.',
  reviewed: 'On record. It counts from now on.',
  withdrawn: 'Withdrawn. The partner is unverified from now on.',
  token_ended: 'Revoked. Every call with it is refused from now on.',
  role_given: 'The role is given, from now on.',
  role_taken: 'The role is taken away, from now on.',
} as const;

export const toastOf = (done: string | null): string | null =>
  done !== null && Object.hasOwn(toasts, done) ? toasts[done as keyof typeof toasts] : null; // Its own key, just asked.
