export { compressedConsoleRoutes, consoleRoutes } from './routes.ts';
