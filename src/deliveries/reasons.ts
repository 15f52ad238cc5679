/** Why a delivery is in its state. Stored as text, shown as words; the list is closed. */
import type { AttemptResult, CarriedResult, FailureCode, RefusalCode } from '#src/ports';

/** A try that did not succeed. `answered_503`: the status is part of the reason. */
export type Failure = `answered_${number}` | RefusalCode | FailureCode | VendorFailure;
/** A connection's. `vendor_unknown`: nobody knows whether it was done. */
export type VendorFailure = 'vendor_refused' | 'vendor_busy' | 'vendor_unknown' | 'connection_broken';
export type Reason = 'delivered' | 'gone' | 'failing_too_long' | 'withdrawn' | Failure;

/** null for a success: a 2xx status, however the reading of its body ended. Redirects are failures. */
export function failureOf(result: Exclude<AttemptResult, { kind: 'withdrawn' }>): Failure | null {
  switch (result.kind) {
    case 'answered':
      return result.status >= 200 && result.status < 300 ? null : `answered_${result.status}`;
    case 'refused':
    case 'failed':
      return result.code;
    case 'carried':
      return result.outcome === 'applied' ? null : vendorFailures[result.outcome];
    default:
      return result satisfies never;
  }
}

const vendorFailures: Record<Exclude<CarriedResult['outcome'], 'applied'>, VendorFailure> = {
  permanent: 'vendor_refused',
  transient: 'vendor_busy',
  unknown: 'vendor_unknown',
  reconnect: 'connection_broken',
};

/** Where an attempt ended: before a byte left, while it was under way, or with an answer. */
export function stageOf(result: AttemptResult): 'before' | 'during' | 'after' {
  if (result.kind === 'carried') return result.outcome === 'unknown' ? 'during' : 'after';
  if (result.kind === 'answered') return 'after';
  return result.kind === 'failed' && result.sent ? 'during' : 'before';
}

/** What follows from the reason, where it is known: a dead delivery and one that waits share their reasons. */
export type WhatFollows = { state: 'retrying'; dueInMs: number } | { state: 'dead'; tries: number } | null;

/** For people: the trace, the console, the portal. */
export function explainReason(reason: Reason, follows: WhatFollows = null): string {
  const words = wordsOf(reason);
  if (follows?.state === 'retrying') return `${words}; next try ${inAbout(follows.dueInMs)}.`;
  if (follows?.state === 'dead')
    return `${words}; that was the last of ${follows.tries} tries, and it can be replayed.`;
  return `${words}.`;
}

function wordsOf(reason: Reason): string {
  if (isAnswer(reason)) return answerWords(Number(reason.slice('answered_'.length)));
  switch (reason) {
    case 'delivered':
      return 'The receiver took it';
    case 'gone':
      return 'The endpoint answered 410 Gone, so its events are held until it is resumed';
    case 'failing_too_long':
      return 'The endpoint has done nothing but fail for too long, so its events are held until it is resumed';
    case 'withdrawn':
      return 'The permission to send it was withdrawn before a byte left';
    case 'url_invalid':
      return 'The address of the endpoint is not a URL';
    case 'scheme_refused':
      return 'The address of the endpoint is not https';
    case 'credentials_in_url':
      return 'The address of the endpoint holds a user name or password';
    case 'port_refused':
      return 'The port of the endpoint is not one that we connect to';
    case 'address_refused':
      return 'The name of the endpoint leads to an address that we do not connect to';
    case 'vendor_refused':
      return 'The vendor refuses it';
    case 'vendor_busy':
      return 'The vendor could not take it';
    case 'vendor_unknown':
      return 'The vendor did not answer, and is asked what it did before it is sent again';
    case 'connection_broken':
      return 'The vendor no longer takes our credential, so events are held until the account is linked again';
    case 'dns_failed':
      return 'The name of the endpoint could not be looked up';
    case 'connect_failed':
      return 'No connection to the endpoint came about';
    case 'tls_failed':
      return 'The certificate or the TLS handshake of the endpoint failed';
    case 'timeout':
      return 'The endpoint did not answer in time';
    case 'reset':
      return 'The endpoint closed the connection before it answered';
    case 'protocol_error':
      return 'What the endpoint answered is not HTTP';
    default:
      return reason satisfies never;
  }
}

function isAnswer(reason: Reason): reason is `answered_${number}` {
  return reason.startsWith('answered_');
}

function answerWords(status: number): string {
  if (status === 429) return 'The endpoint answered 429 and asks for fewer requests';
  if (status >= 300 && status < 400) return `The endpoint answered ${status}, and redirects are not followed`;
  return `The endpoint answered ${status}`;
}

function inAbout(ms: number): string {
  if (ms <= 0) return 'now';
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 90) return `in about ${counted(seconds, 'second')}`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90
    ? `in about ${counted(minutes, 'minute')}`
    : `in about ${counted(Math.round(minutes / 60), 'hour')}`;
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
