// fires: eslint(no-restricted-imports)
export * from 'miniflare';
