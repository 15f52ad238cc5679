// fires: eslint(no-restricted-imports)
export * from 'drizzle-orm/better-sqlite3';
