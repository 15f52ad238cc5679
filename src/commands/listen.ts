/**
 * Webhooks for a machine that nobody can reach: reads the pull feed and posts each event to a local URL, with the body
 * and the signature that an endpoint would get. Nothing is subscribed, so nothing is left behind.
 */
import { desc } from 'drizzle-orm';
import { createPersonalToken, revoke } from '#src/access';
import { readScopes } from '#src/catalog';
import { encodeCursor } from '#src/columns';
import type { Ports } from '#src/context';
import { createSigner, newSecret } from '#src/signatures';
import { chosenAccount } from './account.ts';
import { hubApi, urlOf } from './call-hub.ts';
import { type Input, isOn, needed, type Terminal, textOf } from './command.ts';

type ForwardedEvent = { id: string; type: string };
type Page = { data: ForwardedEvent[]; next_cursor: string };

const pollMs = 500;
const tokenMs = 86_400_000;

export async function listen(terminal: Terminal, input: Input): Promise<void> {
  const target = new URL(needed(input, 'forwardTo')).href;
  const ports = await terminal.open();
  const account = await chosenAccount(ports, input);
  const token = await createPersonalToken(ports, 'cli', {
    label: 'patchbay listen',
    env: isOn(input, 'test') ? 'test' : 'live',
    scopes: [...readScopes, 'webhooks:manage'],
    accountId: account.id,
    expiresAt: new Date(ports.clock.ms() + tokenMs),
  });
  const api = hubApi(terminal, urlOf(terminal, input, ports), token.token);
  const secret = newSecret(ports.chance);
  const signer = createSigner(ports.signing, [secret]);
  const types = textOf(input, 'types');
  const state = { cursor: await endOfFeed(ports), isStopped: false };
  void terminal.stopped().then(() => {
    state.isStopped = true;
  });
  terminal.note(`Events of ${account.name} go to ${target}. Signing secret: ${secret}`);
  terminal.note('Ctrl-C ends it.');

  while (!state.isStopped) {
    const query = new URLSearchParams({
      limit: '100',
      after: state.cursor,
      ...(types === null ? {} : { types }),
    });
    const page = (await api.call('GET', `/v1/events?${query}`)) as Page;
    for (const event of page.data) {
      if (state.isStopped) break;
      const body = JSON.stringify(event);
      const timestamp = Math.floor(ports.clock.ms() / 1_000);
      const signature = await signer.sign(event.id, timestamp, body);
      terminal.out(
        `${event.type} ${event.id} → ${await forward(terminal, target, { event, body, timestamp, signature })}`,
      );
    }
    state.cursor = page.next_cursor;
    if (page.data.length === 0) await Promise.race([terminal.stopped(), wait(ports, pollMs)]);
  }
  await revoke(ports, { level: 'token', id: token.id, reason: 'user', actor: 'cli' });
  terminal.note('Ended.');
}

const wait = ({ clock }: Ports, delayMs: number): Promise<void> =>
  new Promise((resolve) => void clock.after(delayMs, resolve));

type Forwarded = { event: ForwardedEvent; body: string; timestamp: number; signature: string };

/** What the local server said, in a word; that it is not there yet is no reason to end. */
async function forward(
  terminal: Terminal,
  url: string,
  { event, body, timestamp, signature }: Forwarded,
): Promise<string> {
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Patchbay/1',
    'webhook-id': event.id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signature,
  };
  const answer = await terminal.call({ method: 'POST', url, headers, body }).catch(() => null);
  return answer ? String(answer.status) : 'nothing answers there';
}

/** Only what is accepted from now on. */
async function endOfFeed({ store }: Ports): Promise<string> {
  const { feed } = store.tables;
  const [last] = await store.db
    .select({ tx: feed.tx, position: feed.position })
    .from(feed)
    .orderBy(desc(feed.position))
    .limit(1);
  return encodeCursor('feed', [last?.tx ?? 0, last?.position ?? 0]);
}
