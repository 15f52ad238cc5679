import { proveRevocations } from './cases.ts';

proveRevocations('revocations on SQLite', async () => ({}));
