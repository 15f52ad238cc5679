/** The third Worker: the pages of staff, which the first hands over (docs/decisions/0014-three-workers.md). */
import { consoleRoutes } from '#src/console';
import { servePages } from './worker-serve.ts';

export default servePages(consoleRoutes);
