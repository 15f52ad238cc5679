export { listEntities, type ShownEntity } from './read.ts';
export { marketplaceRoutes } from './routes.ts';
