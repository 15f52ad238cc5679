import { proveConnections } from './cases.ts';

proveConnections('connections on SQLite', async () => ({}));
