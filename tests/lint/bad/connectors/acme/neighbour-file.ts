// fires: eslint(no-restricted-imports)
export { slack } from '../slack/index.ts';
