export type { FailureCode, Http, OutboundRequest, OutboundResult, RefusalCode } from './http.ts';
export type { Chance, Clock, Log, LogFields, Meter, SealedFor, Vault } from './small.ts';
