/** Bookings as entries of a calendar that is ours alone. README.md beside this file. */
import { defineConnector } from '#kit';
import { deliver, reconcile, undo } from './deliver.ts';
import { receive, verify } from './inbound.ts';
import { manifest } from './manifest.ts';
import { plan } from './plan.ts';
import { connected, health, setUp, tearDown } from './set-up.ts';
import { sync } from './sync.ts';

export const connector = defineConnector({
  manifest,
  connected,
  setUp,
  plan,
  deliver,
  reconcile,
  undo,
  health,
  tearDown,
  verify,
  receive,
  sync,
});
