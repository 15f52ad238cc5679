export { compressedPortalRoutes, portalRoutes } from './routes.ts';
