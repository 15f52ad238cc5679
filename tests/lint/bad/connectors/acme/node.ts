// fires: eslint(no-restricted-imports)
export { createHmac } from 'node:crypto';
