// fires: eslint(no-restricted-imports)
export * from '@hono/node-server';
