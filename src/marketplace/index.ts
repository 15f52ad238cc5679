export { listEntities, showEntity } from './read.ts';
export { marketplaceRoutes } from './routes.ts';
