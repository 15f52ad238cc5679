// fires: eslint(no-restricted-imports)
export { PatchbayError } from '#src/errors';
