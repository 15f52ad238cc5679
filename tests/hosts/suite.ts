import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { capFlows } from './flows/caps.ts';
import { connectFlows } from './flows/connect.ts';
import { deliverFlows } from './flows/deliver.ts';
import { failFlows } from './flows/fail.ts';
import { holdFlows } from './flows/hold.ts';
import { publishFlows } from './flows/publish.ts';
import { readFlows } from './flows/read.ts';
import { restartFlow } from './flows/restart.ts';
import { revokeFlows } from './flows/revoke.ts';
import { rfpFlows } from './flows/rfps.ts';
import { severalFlows } from './flows/several.ts';
import type { Host, RunningHub } from './host.ts';
import { openStand, type Stand } from './stand.ts';

/** How a flow reaches what it stands on: it is declared before the host has started. */
export type Flows = (stand: () => Stand) => void;

const flows: Flows[] = [
  publishFlows,
  deliverFlows,
  failFlows,
  holdFlows,
  revokeFlows,
  readFlows,
  severalFlows,
  capFlows,
  rfpFlows,
  connectFlows,
];

/** Declares every flow for a host, in one run of it. Flows share nothing but the hub, so they go side by side. */
export function proveFlows(host: Host): void {
  describe(host.name, { timeout: 120_000 }, () => {
    const state = {} as { hub: RunningHub; stand: Stand };
    beforeAll(async () => {
      state.hub = await host.start();
      state.stand = await openStand(state.hub);
    });
    afterAll(async () => {
      await state.stand?.close();
      await state.hub?.stop();
    });

    test('every process of it is up', async () => {
      for (const place of state.hub.origins.keys()) {
        const call = state.stand.via(place);
        expect(await call('GET', '/healthz', null)).toMatchObject({ status: 200 });
        expect(await call('GET', '/readyz', null)).toMatchObject({ status: 200 });
        expect(await call('GET', '/openapi.json', null)).toMatchObject({ body: { openapi: '3.1.0' } });
      }
    });
    describe.concurrent('flows', () => flows.forEach((declare) => declare(() => state.stand)));
    // Alone and last: nothing else can go on meanwhile.
    restartFlow(() => state.stand);
  });
}
