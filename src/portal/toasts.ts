/** What was done, said once on the page that follows. A closed list: nothing in an address is ever repeated. */
const toasts = {
  signed_in: 'You are signed in.',
  acting: 'You act for another account now.',
  retried: 'It goes out again now, under the same webhook-id.',
  paused: 'Paused. Events are kept until you resume.',
  resumed: 'Resumed. What was held goes out now.',
  deleted: 'Deleted. What was queued for it is cancelled.',
  tested: 'A test event is on its way.',
  narrowed: 'Taken away. The app goes on without it.',
  linked: 'Connected.',
  well: 'All is well there.',
  unwell: 'Something is wrong there; it stands on this page.',
  muted: 'Muted. Events are kept until then.',
  unmuted: 'It goes on. What was kept goes out now.',
  switched: 'Kept as you chose.',
  plugged: 'It is on. What fits goes there from now on.',
  changed: 'Changed. It holds for what is sent from now on.',
  unchanged: 'Nothing was different, so nothing was changed.',
  feed_ended: 'Ended. Calendars that read it are told that it is gone.',
  replay_stopped: 'Stopped. What has not gone out yet is taken out again.',
} as const;
export type Done = keyof typeof toasts;

export const toastOf = (done: string | null): string | null =>
  done !== null && Object.hasOwn(toasts, done) ? toasts[done as Done] : null; // Its own key, just asked.
