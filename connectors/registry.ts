/** Written by `npm run connector:new`: every folder beside this file. None is loaded before it is asked for. */
import type { Connector } from '#kit';

export const registry: Readonly<Record<string, () => Promise<Connector>>> = {};
