// fires: eslint(no-restricted-imports)
export * from 'drizzle-orm/d1';
