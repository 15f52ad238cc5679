import { defineConnector } from '#kit';
import { choices, connected, health, setUp } from './account.ts';
import { deliver } from './deliver.ts';
import { manifest } from './manifest.ts';
import { plan } from './plan.ts';
import { undo } from './recall.ts';
import { receive } from './receive.ts';
import { reconcile } from './reconcile.ts';
import { verify } from './verify.ts';

export const connector = defineConnector({
  manifest,
  connected,
  plan,
  deliver,
  reconcile,
  undo,
  setUp,
  health,
  choices,
  verify,
  receive,
});

// For Bolt, which routes to the same handlers on Node.
export { bodyOf, handlers, responseOf, unreadable } from './receive.ts';
