// fires: eslint(no-restricted-imports)
export { publishEvent } from './events/publish.ts';
