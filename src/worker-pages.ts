/**
 * The second Worker: the pages for people, which the first hands over, and the Durable Objects of all three. It depends on
 * nothing of the others, so it is deployed before them (docs/decisions/0014-three-workers.md).
 */
import { portalRoutes } from '#src/portal';
import { servePages } from './worker-serve.ts';

export { GateObject } from './adapters/gate-durable-object.ts';
export { PaceObject } from './adapters/pace-durable-object.ts';

export default servePages(portalRoutes);
