export { decodeCursor, encodeCursor } from './cursors.ts';
export { createIds, type IdKind, type Ids, idPattern, publisherEventId } from './ids.ts';
export { postgresColumns } from './postgres.ts';
export { type Columns, sqliteColumns } from './sqlite.ts';
