import zapier, { defineApp } from 'zapier-platform-core';
import packageJson from './package.json' with { type: 'json' };
import { authentication } from './src/authentication.ts';
import { createRfp } from './src/create-rfp.ts';
import { eventTrigger } from './src/event-trigger.ts';
import { families } from './src/families.ts';
import { findById, things } from './src/find.ts';
import { asTheAccount, toldAsIs } from './src/middleware.ts';

export default defineApp({
  version: packageJson.version,
  platformVersion: zapier.version,
  authentication,
  beforeRequest: [asTheAccount],
  afterResponse: [toldAsIs],
  triggers: Object.fromEntries(families.map((family) => [family.key, eventTrigger(family)])),
  searches: Object.fromEntries(things.map((thing) => [thing.key, findById(thing)])),
  creates: { [createRfp.key]: createRfp },
});
