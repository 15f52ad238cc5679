import type { Endpoint } from './subscribe.ts';

/** Somebody who found an address but has no secret: shows that the receivers' verification can fail at all. */
export async function sendForged({ receiver }: Endpoint): Promise<number> {
  const response = await fetch(receiver.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': 'dlv_forged',
      'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
      'webhook-signature': `v1,${Buffer.alloc(32, 7).toString('base64')}`,
    },
    body: JSON.stringify({
      id: 'evt_forged',
      type: 'escrow.released',
      data: { released: { amount_cents: 1_000_000 } },
    }),
  });
  return response.status;
}
