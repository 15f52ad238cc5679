/** Written by `npm run connector:new`: every folder beside this file. None is loaded before it is asked for. */
import type { Connector } from '#kit';

export const registry: Readonly<Record<string, () => Promise<Connector>>> = {
  discord: async () => (await import('./discord/index.ts')).connector,
  dropbox: async () => (await import('./dropbox/index.ts')).connector,
  'google-calendar': async () => (await import('./google-calendar/index.ts')).connector,
  'google-drive': async () => (await import('./google-drive/index.ts')).connector,
  hubspot: async () => (await import('./hubspot/index.ts')).connector,
  slack: async () => (await import('./slack/index.ts')).connector,
};
