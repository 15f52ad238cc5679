export { checked, fieldErrors, readBody, readBytes, requireJson, tooLarge, unknownField } from './body.ts';
export { conditional, hasAlready } from './conditional.ts';
export {
  always,
  type Answer,
  type Asked,
  type Door,
  type Entrance,
  mount,
  mountAt,
  respond,
  type RouteSpec,
  servedPath,
  type ToldRoute,
} from './mount.ts';
export { afterParameter, decodePlace, limitParameter, notModified, pageOf } from './page.ts';
export { isQuick, quickParser } from './quick-parser.ts';
export { parseStrictJson } from './strict-json.ts';
