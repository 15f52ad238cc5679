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
  replaying: 'The replay is under way.',
} as const;
export type Done = keyof typeof toasts;

export const toastOf = (done: string | null): string | null =>
  done !== null && Object.hasOwn(toasts, done) ? toasts[done as Done] : null; // Its own key, just asked.
