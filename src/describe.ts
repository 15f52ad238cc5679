/** The API's description, from the routes alone: without a hub, and apart from what serves it. */
import { Hono } from 'hono';
import { PatchbayError } from '#src/errors';
import type { Reference } from '#src/operate';
import { type ApiDocument, documentOf, referenceFiles } from '#src/reference';
import type { ToldRoute } from '#src/wire';
import { mountRoutes } from './app.ts';

const unserved = () =>
  Promise.reject(new PatchbayError('internal', { internal: 'only described, not served' }));

/** The same routes, behind a door that nobody is let in by. */
export function describeApi(publicUrl: string): ApiDocument {
  const routes: ToldRoute[] = [];
  const door = {
    app: new Hono(),
    tell: (route: ToldRoute) => void routes.push(route),
    enter: unserved,
    enterSigned: unserved,
  };
  mountRoutes(door, door, door);
  return documentOf(routes, publicUrl);
}

export async function createReference(publicUrl: string): Promise<Reference> {
  const files = await referenceFiles(describeApi(publicUrl));
  return async (path) => files[path];
}
