export { eventResult, publishBody, publishBytes, publishRoute } from './routes.ts';
export { publish } from './publish.ts';
