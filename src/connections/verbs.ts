export { checkNow } from './check-now.ts';
export { createConnection, reconnect } from './connect.ts';
export { disconnect } from './disconnect.ts';
export { findConnection } from './find.ts';
export { listCalls, listConnections, listConnectors, listObjects } from './list.ts';
export { listChoices, previewConnection } from './preview.ts';
export { findRecall, recall } from './recall.ts';
export { switchIntents } from './switch-intents.ts';
