export { checked, fieldErrors, parseBody, readBody, requireJson, tooLarge } from './body.ts';
export {
  type Answer,
  type Asked,
  type Door,
  mount,
  problemSchema,
  respond,
  type RouteSpec,
} from './mount.ts';
export { parseStrictJson } from './strict-json.ts';
