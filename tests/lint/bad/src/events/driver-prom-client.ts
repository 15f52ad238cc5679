// fires: eslint(no-restricted-imports)
export * from 'prom-client';
