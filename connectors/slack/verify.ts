import { hmacSha256, isSame, type Received, type Verified } from '#kit';
import { manifest } from './manifest.ts';

/** https://docs.slack.dev/authentication/verifying-requests-from-slack: `v0=` and HMAC-SHA-256 of `v0:time:body`, hex. */
export async function verify({ headers, raw }: Received, secret: string, now: Date): Promise<Verified> {
  const time = headers.get('x-slack-request-timestamp') ?? '';
  const signature = headers.get('x-slack-signature') ?? '';
  if (!/^\d{1,12}$/.test(time) || !signature.startsWith('v0='))
    return { ok: false, why: 'It has no signature of Slack’s.' };
  const apart = Math.abs(now.getTime() / 1000 - Number(time));
  if (apart > (manifest.inbound?.toleranceSeconds ?? 0))
    return { ok: false, why: 'It was signed too long ago, or in the future.' };
  const start = new TextEncoder().encode(`v0:${time}:`);
  const signed = new Uint8Array(start.length + raw.length);
  signed.set(start);
  signed.set(raw, start.length);
  const ours = `v0=${hex(await hmacSha256(secret, signed))}`;
  return isSame(ours, signature) ? { ok: true } : { ok: false, why: 'The signature is another.' };
}

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
