export { createUsage } from './count.ts';
export { usageRoutes } from './routes.ts';
