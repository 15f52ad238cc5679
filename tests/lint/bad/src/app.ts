// fires: eslint(no-restricted-imports)
export { openSqlite } from './adapters/store-sqlite.ts';
