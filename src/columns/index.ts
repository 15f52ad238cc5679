export { postgresColumns } from './postgres.ts';
export { type Columns, sqliteColumns } from './sqlite.ts';
