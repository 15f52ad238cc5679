// fires: eslint(no-restricted-imports)
export { PatchbayError } from '../errors/index.ts';
