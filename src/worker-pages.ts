import { consoleRoutes } from '#src/console';
import { portalRoutes } from '#src/portal';
import type { Pages } from './app.ts';

/** The pages for people, in a module of their own: an isolate that answers the API alone never evaluates them. */
export const pages: Pages = (...given) => {
  portalRoutes(...given);
  consoleRoutes(...given);
};
