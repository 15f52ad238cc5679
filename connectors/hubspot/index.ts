/** RFPs as deals in HubSpot, with the people who agreed to it as their contacts. README.md beside this file. */
import { defineConnector } from '#kit';
import { deliver, reconcile, undo } from './deliver.ts';
import { manifest } from './manifest.ts';
import { plan } from './plan.ts';
import { receive, verify } from './receive.ts';
import { choices, connected, health, setUp } from './set-up.ts';

export const connector = defineConnector({
  manifest,
  connected,
  setUp,
  plan,
  deliver,
  reconcile,
  undo,
  health,
  choices,
  verify,
  receive,
});
