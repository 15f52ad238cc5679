// fires: eslint(no-restricted-imports)
export { openSqlite } from '#src/adapters/store-sqlite';
