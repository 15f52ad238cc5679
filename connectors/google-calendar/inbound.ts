/**
 * Google’s notifications are empty and unsigned: that they bring back the token of the channel is the only proof, and that
 * something changed the only news.
 * https://developers.google.com/workspace/calendar/api/guides/push
 */
import { type InboundHub, isSame, type Received, type Verified } from '#kit';

export async function verify({ headers }: Received, secret: string): Promise<Verified> {
  return isSame(headers.get('x-goog-channel-token') ?? '', secret)
    ? { ok: true }
    : { ok: false, why: 'not the token of the channel' };
}

export async function receive({ headers }: Received, hub: InboundHub): Promise<Response> {
  const [channel, number] = [headers.get('x-goog-channel-id'), headers.get('x-goog-message-number')];
  // `sync` tells that the channel is open; all else, that something is not as it was.
  const isNews = headers.get('x-goog-resource-state') !== 'sync';
  if (isNews && (await hub.once(`${channel}:${number}`))) await hub.own?.changed();
  return new Response(null, { status: 204 });
}
