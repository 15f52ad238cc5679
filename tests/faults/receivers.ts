import { setTimeout as pause } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { type Received, type Sink, startSink } from '../harness/sink.ts';
import type { Arrival } from './ledger.ts';

/** Endpoints that take everything, each on a host of its own: workers share their work out by host. */
export type Receivers = {
  urls: string[];
  /** The one that wants order within a subject. */
  ordered: number;
  /** Whose signature each has to bear. */
  trust(endpoint: number, secret: string): void;
  /** To whom arrivals are told from now on. */
  tell(take: (arrival: Arrival) => void): void;
  /** How long they take to answer, at most. */
  answerWithin(ms: number): void;
  close(): Promise<void>;
};

export async function startReceivers(count: number, random: () => number): Promise<Receivers> {
  const state = { take: (_: Arrival): void => {}, withinMs: 0 };
  const secrets: Webhook[] = [];
  // Linux answers on all of 127.0.0.0/8; elsewhere they have one host, and one worker sends to them.
  const hostOf = (endpoint: number) =>
    process.platform === 'linux' ? `127.0.0.${11 + endpoint}` : '127.0.0.1';
  const sinks: Sink[] = [];
  for (let endpoint = 0; endpoint < count; endpoint++) {
    const sink = await startSink(hostOf(endpoint));
    sink.answer((received, response) => {
      state.take(arrivalOf(endpoint, received));
      // Kept by the ledger; a run of minutes would keep every body here as well.
      sink.received.length = 0;
      void pause(random() * state.withinMs).then(() => response.end('ok'));
    });
    sinks.push(sink);
  }

  return {
    ordered: count - 1,
    urls: sinks.map((sink) => `${sink.origin}/hook`),
    trust: (endpoint, secret) => {
      secrets[endpoint] = new Webhook(secret);
    },
    tell: (take) => {
      state.take = take;
    },
    answerWithin: (ms) => {
      state.withinMs = ms;
    },
    close: async () => void (await Promise.all(sinks.map((sink) => sink.close()))),
  };

  function arrivalOf(endpoint: number, { headers, body }: Received): Arrival {
    const { id, subject, sequence } = JSON.parse(body) as { id: string; subject: string; sequence: number };
    return {
      endpoint,
      webhookId: String(headers['webhook-id']),
      eventId: id,
      line: endpoint === count - 1 ? { subject, sequence } : null,
      body,
      isSigned: isSigned(secrets[endpoint], body, headers as Record<string, string>),
    };
  }
}

function isSigned(secret: Webhook | undefined, body: string, headers: Record<string, string>): boolean {
  try {
    secret?.verify(body, headers);
    return secret !== undefined;
  } catch {
    return false;
  }
}
