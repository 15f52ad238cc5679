/** What a connector's folder brings to be proved: README.md beside this file. */
export type { Answer, Conformance, Connection, Messages, Scene, StandIn } from './types.ts';
