// fires: eslint(no-restricted-imports)
export { slack } from '../connectors/slack/index.ts';
