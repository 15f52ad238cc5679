// fires: eslint(no-restricted-imports)
export { request } from 'undici';
