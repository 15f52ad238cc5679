/** The only way out of the hub. The host lends it, with the egress guard inside. */
export type OutboundRequest = {
  url: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Lower-case names. */
  headers: Record<string, string>;
  body?: string;
  /** One deadline over name look-up, connect, TLS, headers and body. */
  deadlineMs: number;
  /** Reading stops here; what came before still counts. */
  maxAnswerBytes: number;
  /** How much of the answer is given back as text. */
  keepAnswerBytes: number;
  /**
   * The hub itself reads the answer (an issuer's metadata, keys) and shows it to nobody. A host that keeps no answers of
   * endpoints keeps this one.
   */
  readsAnswer?: true;
  /** Asked once the connection is up, before the first byte leaves. `false` ends in `withdrawn`. */
  mayStillSend?: () => boolean;
};

export type OutboundResult =
  /** A status came. `answerEnd` tells how the reading of its body ended. */
  | {
      kind: 'answered';
      status: number;
      /** Lower-case names, last value wins. */
      headers: Record<string, string>;
      body: string;
      bodyBytes: number;
      answerEnd: 'complete' | 'cut' | 'stalled' | 'broken';
      durationMs: number;
      address: string | null;
    }
  /** The guard said no: nothing was connected. */
  | { kind: 'refused'; code: RefusalCode; detail: string; durationMs: number }
  /** `mayStillSend` said no: nothing was sent. */
  | { kind: 'withdrawn'; durationMs: number }
  /** No status came. `sent` is true once a byte may have reached the other side. */
  | {
      kind: 'failed';
      code: FailureCode;
      detail: string;
      sent: boolean;
      durationMs: number;
      address: string | null;
    };

export type RefusalCode =
  | 'url_invalid'
  | 'scheme_refused'
  | 'credentials_in_url'
  | 'port_refused'
  | 'address_refused';
export type FailureCode =
  | 'dns_failed'
  | 'connect_failed'
  | 'tls_failed'
  | 'timeout'
  | 'reset'
  | 'protocol_error';

export type Http = {
  /** Never follows a redirect. Throws only where the way out itself is broken (a relay is away): no try is spent then. */
  send(request: OutboundRequest): Promise<OutboundResult>;
  /** Whether an endpoint at this address would be tried at all; says why not. Connects to nothing. */
  inspect(url: string): { ok: true; host: string } | { ok: false; code: RefusalCode; detail: string };
  close(): Promise<void>;
};
