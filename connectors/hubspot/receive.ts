/**
 * What HubSpot sends: up to a hundred changes in one signed message, in no order, each perhaps more than once. Only the
 * move of a deal that we made is of interest, and only where the account wants it.
 */
import { type Desk, hmacSha256, type InboundHub, isSame, type Received, type Verified } from '#kit';
import { type Data, object, text } from './fields.ts';
import { dealStages, options, type Stage } from './options.ts';

/** Older requests are refused (HubSpot, «Validating requests», v3). */
export const toleranceSeconds = 300;

/** v3 alone: v1 and v2, which come along with it, cover neither the moment nor, v1, the address. */
export async function verify(
  { method, url, headers, raw }: Received,
  secret: string,
  now: Date,
): Promise<Verified> {
  const signature = headers.get('x-hubspot-signature-v3');
  const timestamp = headers.get('x-hubspot-request-timestamp') ?? '';
  if (!signature) return { ok: false, why: 'no v3 signature' };
  if (!/^\d{1,15}$/.test(timestamp)) return { ok: false, why: 'no timestamp' };
  if (Math.abs(now.getTime() - Number(timestamp)) > toleranceSeconds * 1_000)
    return { ok: false, why: 'not of the last five minutes' };
  const before = new TextEncoder().encode(method + decoded(url));
  const after = new TextEncoder().encode(timestamp);
  const signed = new Uint8Array([...before, ...raw, ...after]);
  const expected = btoa(String.fromCharCode(...(await hmacSha256(secret, signed))));
  return isSame(expected, signature) ? { ok: true } : { ok: false, why: 'wrong signature' };
}

/** HubSpot signs the address with these few characters decoded, and others as they are. */
const decoded = (url: string): string =>
  url.replace(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, decodeURIComponent);

export async function receive({ raw }: Received, hub: InboundHub): Promise<Response> {
  const changes = read(raw);
  if (!changes) return new Response('not a list of changes', { status: 400 });
  const moves = changes.filter((change) => isOfStage(change) && !isOurs(change)).flatMap(moveOf);
  for (const [portal, ofPortal] of Map.groupBy(moves, (move) => move.portal))
    for (const desk of await hub.ofAccount(portal)) await ask(desk, ofPortal);
  return new Response(null, { status: 204 });
}

function read(raw: Uint8Array): Data[] | null {
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(raw));
    return Array.isArray(body) ? body.map(object) : null;
  } catch {
    return null;
  }
}

function isOfStage(change: Data): boolean {
  const ofDeals =
    change['subscriptionType'] === 'deal.propertyChange' ||
    (change['subscriptionType'] === 'object.propertyChange' && change['objectTypeId'] === '0-3');
  return ofDeals && change['propertyName'] === 'dealstage';
}

/** What our app wrote comes back as `INTEGRATION` with the app's own id; without an id we cannot know, and do not ask. */
const isOurs = (change: Data): boolean =>
  change['changeSource'] === 'INTEGRATION' &&
  (idOf(change['sourceId']) ?? idOf(change['appId'])) === idOf(change['appId']);

/** HubSpot writes ids as numbers here and as text there. */
function idOf(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : text(value);
}

type Move = { portal: string; deal: string; to: string; key: string };

function moveOf(change: Data): Move[] {
  const [portal, deal] = [idOf(change['portalId']), idOf(change['objectId'])];
  const to = text(change['propertyValue']);
  if (!portal || !deal || !to) return [];
  // `eventId` is not unique, and two subscriptions tell of one move: the move itself is.
  return [{ portal, deal, to, key: `${portal}/${deal}/${to}/${idOf(change['occurredAt'])}` }];
}

/** The key makes the same move one intent, so a message that comes again because we failed loses nothing. */
async function ask(desk: Desk, moves: readonly Move[]): Promise<void> {
  const meanings = await meaningsOf(desk);
  for (const { deal, to, key } of moves) {
    const stage = meanings.get(to);
    const made = stage && (await desk.keyOf(deal, 'deal:'));
    if (!stage || !made) continue;
    await desk.ask({ kind: 'rfp.stage', key, subject: `rfps/${made.slice('deal:'.length)}`, stage });
  }
}

/** What HubSpot's stages mean to the live subscriptions that want to hear of them; the first meaning counts. */
async function meaningsOf(desk: Desk): Promise<Map<string, Stage>> {
  const meanings = new Map<string, Stage>();
  for (const { state, options: given } of (await desk.status()).subscriptions) {
    const chosen = options.safeParse(given);
    if (!chosen.success || !chosen.data.stage_changes || state !== 'active') continue;
    const stages = Object.entries(dealStages(chosen.data)) as [Stage, string][]; // Its keys are the stages.
    for (const [stage, id] of stages) if (!meanings.has(id)) meanings.set(id, stage);
  }
  return meanings;
}
