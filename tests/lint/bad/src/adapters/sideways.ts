// fires: eslint(no-restricted-imports)
export { openPostgres } from '#src/adapters';
