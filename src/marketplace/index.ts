export { checkManifest, type ManifestCheck } from './check-manifest.ts';
export { listEntities, type ShownEntity } from './read.ts';
export { marketplaceRoutes } from './routes.ts';
