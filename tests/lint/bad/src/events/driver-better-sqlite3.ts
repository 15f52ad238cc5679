// fires: eslint(no-restricted-imports)
export * from 'better-sqlite3';
