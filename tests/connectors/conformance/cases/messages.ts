import type { Connector, Desk, InboundHub, IntentDraft, Received, Verified } from '#kit';
import { startedAt } from '../events.ts';
import { hold, same } from '../hold.ts';
import { connect, inboundSecret, open, scopesOf } from '../hub.ts';
import type { Case, Proved } from '../story.ts';

const anotherSecret = 'another-secret-of-the-suite';

export function messageCases(proved: Proved): Case[] {
  const { connector, conformance } = proved;
  const { inbound } = conformance;
  const tolerance = connector.manifest.inbound?.toleranceSeconds ?? 0;
  if (!inbound) return [];
  const at = (seconds: number) => new Date(startedAt.getTime() + seconds * 1_000);
  const each = (title: string, prove: (body: string, name: string) => Promise<void>): Case => ({
    title: `messages: ${title}`,
    prove: async () => {
      hold(inbound.bodies.length > 0, 'conformance.inbound has no bodies');
      for (const { name, body } of inbound.bodies) await prove(body, name);
    },
  });
  const check = (received: Received, secret = inboundSecret): Promise<Verified> =>
    verify(connector, received, secret);
  const send = (body: string, seconds = 0) => inbound.send(body, inboundSecret, at(seconds));

  return [
    each('what the vendor signed is taken, and in its window of time', async (body, name) => {
      for (const seconds of tolerance > 0 ? [0, -tolerance + 2, tolerance - 2] : [0]) {
        const verified = await check(await send(body, seconds));
        hold(verified.ok, `${name}, ${seconds} s from now: ${verified.ok ? '' : verified.why}`);
      }
    }),
    each('another secret is refused', async (body, name) => {
      hold(!(await check(await send(body), anotherSecret)).ok, `${name} is taken under another secret`);
      hold(
        !(await check(await inbound.send(body, anotherSecret, at(0)))).ok,
        `${name} of another secret is taken`,
      );
    }),
    each('what is stale or from the future is refused', async (body, name) => {
      if (tolerance === 0) return;
      for (const seconds of [-tolerance - 2, tolerance + 2])
        hold(!(await check(await send(body, seconds))).ok, `${name}, ${seconds} s from now, is taken`);
    }),
    each('a flipped byte is refused', async (body, name) => {
      if (inbound.proves === 'sender') return;
      const good = await send(body);
      const stride = Math.max(1, Math.floor(good.raw.length / 64));
      for (let index = 0; index < good.raw.length; index += stride) {
        const raw = good.raw.slice();
        raw[index] = (raw[index] ?? 0) ^ 1;
        hold(!(await check({ ...good, raw })).ok, `${name} is taken with byte ${index} flipped`);
      }
    }),
    each('the same written anew is refused: the raw bytes are signed', async (body, name) => {
      if (inbound.proves === 'sender') return;
      const good = await send(body);
      const raw = new TextEncoder().encode(writtenAnew(body));
      hold(!(await check({ ...good, raw })).ok, `${name} is taken although it was written anew`);
    }),
    each('without any one header it is refused or taken, and never throws', async (body, name) => {
      const good = await send(body);
      const needed = { any: false };
      for (const header of good.headers.keys()) {
        for (const value of [null, '', 'zz', '-1', '\u00ff']) {
          const headers = new Headers(good.headers);
          if (value === null) headers.delete(header);
          else headers.set(header, value);
          if (!(await check({ ...good, headers })).ok) needed.any = true;
        }
      }
      hold(needed.any, `${name}: no header is needed, so nothing proves who sent it`);
    }),
    each('is answered, and asks for what it should', async (body, name) => {
      const said = inbound.bodies.find((one) => one.name === name);
      const desk = await deskOf(proved);
      const reply = await receive(connector, await send(body), desk.hub);
      hold(reply.status >= 200 && reply.status < 300, `${name} is answered with ${reply.status}`);
      const may = connector.manifest.inbound?.intents ?? [];
      for (const { kind } of desk.asked)
        hold(may.includes(kind), `${name}: asks for ${kind}, which manifest.inbound.intents does not have`);
      const text = await reply.text();
      hold(said?.reply === undefined || said.reply === text, `${name} is answered with ${text}`);
      same(new Set(desk.asked.map(({ key }) => key)).size, said?.asks ?? 0, `${name}: intents asked for`);
    }),
    each('the same twice is done once', async (body, name) => {
      const desk = await deskOf(proved);
      await receive(connector, await send(body), desk.hub);
      const [asked, done] = [new Set(desk.asked.map(({ key }) => key)), [...desk.done]];
      await receive(connector, await send(body, 1), desk.hub);
      same(
        [...new Set(desk.asked.map(({ key }) => key))],
        [...asked],
        `${name}: a second time, it asks for another intent`,
      );
      same(
        desk.done.filter((act) => act !== 'disconnected'),
        done.filter((act) => act !== 'disconnected'),
        `${name}: done twice`,
      );
    }),
    each(
      'is answered where nobody has a connection, or the account has switched it off',
      async (body, name) => {
        for (const over of [{ ofAccount: () => Promise.resolve([]), own: null }, {}]) {
          const desk = await deskOf(proved, 'off');
          const reply = await receive(connector, await send(body), { ...desk.hub, ...over });
          hold(reply.status < 500, `${name} is answered with ${reply.status}`);
        }
      },
    ),
  ];
}

async function verify(connector: Connector, received: Received, secret: string): Promise<Verified> {
  try {
    const verified = await connector.verify?.(received, secret, new Date(startedAt));
    hold(verified !== undefined, 'there is no verify');
    return verified;
  } catch (error) {
    hold(false, `verify throws ${String(error)}`);
    throw error;
  }
}

async function receive(connector: Connector, received: Received, hub: InboundHub): Promise<Response> {
  const reply = await connector.receive?.(received, hub);
  hold(reply !== undefined, 'there is no receive');
  return reply;
}

function writtenAnew(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 1);
  } catch {
    return `${body}&`;
  }
}

/** One connection, and what is done in its name. */
async function deskOf(proved: Proved, answer: 'recorded' | 'off' = 'recorded') {
  const { connector, conformance } = proved;
  const [connection] = conformance.connections;
  hold(connection !== undefined, 'conformance.connections is empty');
  const connected = await connect(proved, connection);
  const { told } = open(proved, connection, scopesOf(connector, connection));
  const account = (told[0] as { account?: { id: string } } | null)?.account?.id;
  const asked: IntentDraft[] = [];
  const done: string[] = [];
  const ids = new Set<string>();
  const act = (what: string) => {
    done.push(what);
    return Promise.resolve();
  };
  const desk: Desk = {
    connectionId: 'con_conformance',
    facts: connected.facts,
    status: () =>
      Promise.resolve({
        state: 'active',
        subscriptions: [
          {
            id: 'sub_conformance',
            eventTypes: ['booking.*'],
            state: 'active',
            description: 'of the suite',
            options: connection.options,
          },
        ],
      }),
    keyOf: (refId, begins) => Promise.resolve(conformance.inbound?.keys?.[refId] ?? `${begins}${refId}`),
    mute: () => act('mute'),
    unmute: () => act('unmute'),
    test: async () => {
      await act('test');
      return { sent: 1 };
    },
    disconnected: () => act('disconnected'),
    changed: () => act('changed'),
    ask: (intent) => {
      asked.push(intent);
      return Promise.resolve(answer);
    },
    fetch: (url, init) => connected.line.fetch(url, init, 0),
    link: (path) => `https://hub.example${path}`,
  };
  const hub: InboundHub = {
    now: () => new Date(startedAt),
    ofAccount: (id) =>
      Promise.resolve(id !== '' && id === (conformance.inbound?.accountId ?? account) ? [desk] : []),
    own: connector.manifest.inbound?.of === 'connection' ? desk : null,
    once: (id) => {
      const isNew = !ids.has(id);
      ids.add(id);
      return Promise.resolve(isNew);
    },
  };
  return { hub, asked, done };
}
