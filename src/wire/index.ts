export { checked, fieldErrors, readBody, readBytes, requireJson, tooLarge } from './body.ts';
export { conditional } from './conditional.ts';
export {
  always,
  type Answer,
  type Asked,
  type Door,
  mount,
  problemAnswers,
  respond,
  type RouteSpec,
} from './mount.ts';
export { afterParameter, decodePlace, limitParameter, notModified, pageOf } from './page.ts';
export { parseStrictJson } from './strict-json.ts';
