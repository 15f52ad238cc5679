// fires: house(plain-imports)
export { PatchbayError } from './../errors/index.ts';
