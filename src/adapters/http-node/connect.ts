import net from 'node:net';
import tls from 'node:tls';
import { admitAddress, type EgressPolicy } from '#src/egress';
import { codeOf, ConnectFailure } from './failure.ts';
import type { Candidate, Resolve } from './resolve.ts';

/**
 * Opens one connection, guarded: the name is resolved here and now, every address it has is judged, and the
 * socket goes to exactly one judged address. undici's own `connect.lookup` is refused as the place of the guard,
 * because it is never called for IP literals. No answer is kept: a name that moves to a private address
 * between two connections (DNS rebinding) is judged anew.
 */
export type Connect = (
  target: { protocol: string; host: string; port: number },
  signal: AbortSignal,
) => Promise<{ socket: net.Socket; address: string }>;

export type Dial = (address: string, port: number) => net.Socket;

export type ConnectOptions = {
  policy: EgressPolicy;
  resolve: Resolve;
  /** Lent by tests that play a network; the guard judges what it reached all the same. */
  dial?: Dial | undefined;
  /** PEM; takes the place of the built-in roots. */
  tlsCa?: string | undefined;
};

export function createConnect({ policy, resolve, dial = dialTcp, tlsCa }: ConnectOptions): Connect {
  // Once: reading the root certificates costs more than a handshake.
  const trust = tls.createSecureContext({
    minVersion: 'TLSv1.2',
    ...(tlsCa === undefined ? {} : { ca: tlsCa }),
  });
  return async ({ protocol, host, port }, signal) => {
    const candidates = await findCandidates(host, resolve, signal);
    for (const { address } of candidates) admit(address, host, policy);

    const raw = await dialFirst(candidates.slice(0, maxCandidates), port, dial, signal);
    const { remoteAddress } = raw;
    try {
      if (remoteAddress === undefined)
        throw new ConnectFailure('connect_failed', 'The connection closed at once.');
      // Once more on what the socket itself says: whatever stands between dial and wire, this is where bytes go.
      admit(remoteAddress, host, policy);
      const socket = protocol === 'https:' ? await secure(raw, host, trust, signal) : raw;
      return { socket, address: remoteAddress };
    } catch (error) {
      raw.destroy();
      throw error;
    }
  };
}

async function findCandidates(host: string, resolve: Resolve, signal: AbortSignal): Promise<Candidate[]> {
  const family = net.isIP(host);
  if (family !== 0) return [{ address: host, family }];
  const found = await withdrawable(resolve(host), signal).catch((error: unknown) => {
    if (error instanceof ConnectFailure) throw error;
    throw new ConnectFailure('dns_failed', `The name could not be resolved (${codeOf(error)}).`);
  });
  if (found.length === 0) throw new ConnectFailure('dns_failed', 'The name has no address.');
  return found;
}

/** One refused address refuses the name: nobody mixes public and private addresses except to confuse a guard. */
function admit(address: string, host: string, policy: EgressPolicy): void {
  const verdict = admitAddress(address, host, policy);
  // The range and not the address: on a split-horizon network the address may be an internal fact.
  if (!verdict.ok)
    throw new ConnectFailure('refused', `The host leads to an address that is refused: ${verdict.why}.`);
}

async function dialFirst(
  candidates: Candidate[],
  port: number,
  dial: Dial,
  signal: AbortSignal,
): Promise<net.Socket> {
  let last: ConnectFailure | undefined;
  for (const [at, { address }] of candidates.entries()) {
    // The last one may use all the time that is left; before it, an address that is silent must not starve the next.
    const patienceMs = at === candidates.length - 1 ? undefined : attemptMs;
    try {
      return await dialed(dial(address, port), address, patienceMs, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof ConnectFailure)) throw error;
      last = error;
    }
  }
  throw last ?? new ConnectFailure('connect_failed', 'No address to connect to.');
}

function dialed(
  socket: net.Socket,
  address: string,
  patienceMs: number | undefined,
  signal: AbortSignal,
): Promise<net.Socket> {
  return settledSocket(
    socket,
    'connect',
    signal,
    patienceMs,
    (reason) => new ConnectFailure('connect_failed', `The connection was not accepted (${reason}).`, address),
  );
}

function secure(
  raw: net.Socket,
  host: string,
  trust: tls.SecureContext,
  signal: AbortSignal,
): Promise<net.Socket> {
  const socket = tls.connect({
    socket: raw,
    // The certificate is checked against this name, or this address (RFC 9110 §4.3.4).
    host,
    // RFC 6066 §3: no literal addresses in SNI.
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    secureContext: trust,
    ALPNProtocols: ['http/1.1'],
    // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment changes nothing.
    rejectUnauthorized: true,
  });
  return settledSocket(
    socket,
    'secureConnect',
    signal,
    undefined,
    (reason) =>
      new ConnectFailure(
        'tls_failed',
        `TLS was not agreed or not trusted (${reason}).`,
        raw.remoteAddress ?? null,
      ),
  );
}

/** The socket once `event` came; else it is destroyed and the failure thrown. */
function settledSocket<S extends net.Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  patienceMs: number | undefined,
  failure: (reason: string) => ConnectFailure,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const timer = patienceMs === undefined ? undefined : setTimeout(() => fail('timeout'), patienceMs);
    const onError = (error: Error) => fail(codeOf(error));
    const onClose = () => fail('closed');
    const onAbort = () => fail('withdrawn');

    function leave(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.off(event, onReady).off('close', onClose);
    }
    function onReady(): void {
      leave();
      socket.off('error', onError);
      resolve(socket);
    }
    function fail(reason: string): void {
      leave();
      // `onError` stays: an error that follows `destroy` must have a listener.
      socket.destroy();
      reject(failure(reason));
    }

    socket.once(event, onReady).once('close', onClose).on('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) fail('withdrawn');
  });
}

function withdrawable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new ConnectFailure('timeout', 'The name was not resolved in time.'));
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function dialTcp(address: string, port: number): net.Socket {
  const socket = net.connect({ host: address, port, family: net.isIP(address) });
  return socket.setNoDelay(true).setKeepAlive(true, 60_000);
}

const attemptMs = 2_500;
// A name may carry hundreds of addresses; all are judged, these are tried.
const maxCandidates = 6;
