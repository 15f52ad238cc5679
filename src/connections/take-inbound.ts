/** What vendors send us. Proved by the connector's own check before anything is read; a vendor that proves nothing learns nothing. */
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { readBytes } from '#src/wire';
import { inboundHub } from './desk.ts';
import { readConnection } from './find.ts';
import { inboundSecretOf } from './inbound-address.ts';

const maxBytes = 256 * 1_024;

/** `unproved` hears of each message whose signature is not the vendor's. */
export async function takeInbound(
  ports: Ports,
  request: Request,
  { id, connectionId, unproved }: { id: string; connectionId: string | null; unproved: () => void },
): Promise<Response> {
  const connector = await ports.connectors.load(id);
  const of = connector?.manifest.inbound?.of;
  if (!connector?.verify || !connector.receive || of !== (connectionId === null ? 'app' : 'connection'))
    throw nothing();
  const own = connectionId === null ? null : await readConnection(ports, connectionId);
  const secret =
    connectionId === null ? ports.connectors.app(id)?.signingSecret : inboundSecretOf(ports, connectionId);
  if (secret === undefined || (connectionId !== null && own?.connector !== id)) throw nothing();
  const raw = await readBytes(request, maxBytes);
  const { pathname, search } = new URL(request.url);
  const received = {
    method: request.method,
    // The vendor signed what it called, whatever proxies have made of it.
    url: new URL(`${pathname}${search}`, ports.settings.publicUrl).href,
    headers: request.headers,
    raw,
  };
  const verified = await connector.verify(received, secret, ports.clock.now());
  if (!verified.ok) {
    ports.meter.count('inbound_refused', { connector: id });
    ports.log.warn('inbound.refused', { connector: id, why: verified.why });
    unproved();
    throw new PatchbayError('unauthenticated', {
      public: 'The signature of this message is not the vendor’s.',
    });
  }
  await ports.gate.freshen();
  if (own && (own.state === 'revoked' || ports.gate.standing(own.epochs) !== 'valid')) throw gone();
  ports.meter.count('inbound_taken', { connector: id });
  return connector.receive(received, inboundHub(ports, connector, own));
}

const nothing = (): PatchbayError =>
  new PatchbayError('not_found', { public: 'No vendor sends to this address.' });
const gone = (): PatchbayError => new PatchbayError('not_found', { public: 'This connection was ended.' });
