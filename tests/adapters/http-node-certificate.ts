import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import net from 'node:net';

/**
 * A self-signed certificate for tests, written as DER by hand (RFC 5280 §4.1), so that neither openssl nor a
 * fixture that expires one day is needed.
 */
export function makeCertificate(
  names: string[],
  { from = '200101000000Z', until = '491231235959Z' }: { from?: string; until?: string } = {},
): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const issuer = der(0x30, der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from('Patchbay test')))));
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), createHash('sha256').update(spki).digest().subarray(0, 8)])),
    ecdsaSha256,
    issuer,
    der(0x30, der(0x17, Buffer.from(from)), der(0x17, Buffer.from(until))),
    issuer,
    spki,
    der(0xa3, der(0x30, basicConstraints, subjectAltName(names))),
  );
  const whole = der(
    0x30,
    body,
    ecdsaSha256,
    der(0x03, Buffer.concat([Buffer.from([0]), signature(body, privateKey)])),
  );
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function subjectAltName(names: string[]): Buffer {
  const entries = names.map((name) =>
    net.isIP(name) === 4 ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name)),
  );
  return der(0x30, oid('551d11'), der(0x04, der(0x30, ...entries)));
}

function signature(body: Buffer, key: KeyObject): Buffer {
  return sign('sha256', body, key);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), content]);
  if (length < 256) return Buffer.concat([Buffer.from([tag, 0x81, length]), content]);
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 255]), content]);
}

const ecdsaSha256 = der(0x30, oid('2a8648ce3d040302'));
const basicConstraints = der(
  0x30,
  oid('551d13'),
  der(0x01, Buffer.from([255])),
  der(0x04, der(0x30, der(0x01, Buffer.from([255])))),
);
