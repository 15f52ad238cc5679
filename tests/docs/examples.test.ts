import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newToken } from '../../src/access/index.ts';
import { systemChance } from '../../src/adapters/clock-system.ts';
import { createNodeSignatureKeys } from '../../src/adapters/signing-node.ts';
import { createSigner, newKeyPair, newSecret } from '../../src/signatures/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { until } from '../harness/sink.ts';
import { freePort } from '../services/free-port.ts';
import { type Block, blockOf, blocksOf, guides, root } from './read-docs.ts';

const receive = 'docs/guides/receive-webhooks.md';
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe('the examples of the guides', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-docs-'));
  const keys = createNodeSignatureKeys();
  let hub: TestHub;
  let publisher: string;
  beforeAll(async () => {
    hub = await startTestHub();
    publisher = await hub.service();
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(async () => {
    await hub.stopAndForget();
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  /** What the hub answers to a body that a guide shows. */
  const tryBody = async ({ check, settings, text }: Block): Promise<unknown> => {
    const body: unknown = JSON.parse(text);
    const scopes = (settings['scopes'] ?? 'bookings:read').split(',');
    const { token, id } = await hub.account([...scopes, 'webhooks:manage']);
    switch (check) {
      case 'subscription':
        return (await hub.call('POST', '/v1/subscriptions', token, body)).status;
      case 'filter': {
        const wish = { event_types: (settings['types'] ?? '').split(','), filter: body, last: 1 };
        return (await hub.call('POST', '/v1/subscriptions/dry-run', token, wish)).status;
      }
      case 'replay': {
        const wish = {
          endpoint: { type: 'webhook', url: 'https://example.com/' },
          event_types: ['booking.*'],
        };
        const made = await hub.call('POST', '/v1/subscriptions', token, wish);
        return (await hub.call('POST', `/v1/subscriptions/${made.body.id}/replay`, token, body)).status;
      }
      case 'account':
        return (await hub.call('PUT', `/v1/accounts/${id}`, publisher, body)).status;
      case 'event':
        return (await hub.call('POST', '/v1/events', publisher, body)).body;
      case 'batch':
        return (await hub.call('POST', '/v1/events', publisher, body)).body.results;
      case 'options': {
        const { connector } = await import(`../../connectors/${settings['connector']}/index.ts`);
        return connector.manifest.options.safeParse(body).success;
      }
      default:
        throw new Error(`nobody knows how to check "${check}"`);
    }
  };
  const good: Record<string, unknown> = {
    subscription: 201,
    filter: 200,
    replay: 202,
    options: true,
    account: 200,
    event: expect.objectContaining({ status: 'accepted' }),
    batch: [expect.objectContaining({ status: 'accepted' }), expect.objectContaining({ status: 'accepted' })],
  };
  const bodies = guides
    .flatMap(blocksOf)
    .filter(({ language }) => language === 'json')
    .map((block) => [block.page, block.check ?? 'nothing', block] as const);

  test('every JSON body of a guide says how it is checked', () => {
    expect(bodies.filter(([, check]) => check === 'nothing').map(([, , { text }]) => text)).toEqual([]);
    expect(bodies.length).toBeGreaterThan(6);
  });

  test.each(bodies)('%s: the hub takes this %s [S2-43]', async (_page, check, block) => {
    expect(await tryBody(block)).toEqual(good[check]);
  });

  describe('the receiver of the guide', () => {
    const running: { child: ChildProcess | null } = { child: null };
    const out: string[] = [];
    let origin = '';
    let me: Awaited<ReturnType<TestHub['account']>>;
    let subscription = '';
    beforeAll(async () => {
      const port = await freePort();
      origin = `http://127.0.0.1:${port}`;
      me = await hub.account();
      const made = await hub.call('POST', '/v1/subscriptions', me.token, {
        endpoint: { type: 'webhook', url: `${origin}/hook` },
        event_types: ['booking.*'],
      });
      subscription = made.body.id as string;
      running.child = spawn(process.execPath, [file('receive.mjs', blockOf(receive, 'run', 'node'))], {
        env: { ...process.env, WEBHOOK_SECRET: made.body.secret as string, RECEIVER_PORT: String(port) },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      running.child.stdout?.on('data', (chunk: Buffer) => void out.push(...lines(chunk)));
      await until('the receiver answers', () =>
        fetch(origin).then(
          () => true,
          () => false,
        ),
      );
    });
    afterAll(() => running.child?.kill());

    test('takes what is signed, and a replay of it only once [S2-43]', async () => {
      await hub.call(
        'POST',
        '/v1/events',
        publisher,
        eventFor([me.id], { subject: 'bookings/bkg_1', city: 'houston' }),
      );
      await until('it was printed', () => out.length > 0);
      const since = new Date(Date.now() - 60_000).toISOString();
      await hub.call('POST', `/v1/subscriptions/${subscription}/replay`, me.token, { since, only: 'all' });
      await until('it was sent twice', async () => {
        const { body } = await hub.call('GET', `/v1/deliveries?subscription=${subscription}`, me.token);
        const [only] = body.data as { attempt_count: number; state: string }[];
        return only?.attempt_count === 2 && only.state === 'delivered';
      });
      await hub.call(
        'POST',
        '/v1/events',
        publisher,
        eventFor([me.id], { subject: 'bookings/bkg_1', city: 'houston' }),
      );
      await until('the next was printed', () => out.length > 1);
      expect(out).toEqual(['booking.confirmed bookings/bkg_1 1', 'booking.confirmed bookings/bkg_1 2']);
    });

    test('answers 401 to what another secret signed', async () => {
      const body = JSON.stringify({ type: 'booking.confirmed', subject: 'bookings/bkg_9', sequence: 9 });
      const stamp = Math.floor(Date.now() / 1000);
      const signature = await createSigner(keys, [newSecret(systemChance)]).sign('dlv_1', stamp, body);
      const headers = {
        'webhook-id': 'dlv_1',
        'webhook-timestamp': String(stamp),
        'webhook-signature': signature,
      };
      expect((await fetch(origin, { method: 'POST', body, headers })).status).toBe(401);
    });
  });

  test('the check of v1a takes what was signed and nothing else', async () => {
    // The guide's own text: this function is what it exports.
    const { verifyV1a } = (await import(file('verify-v1a.mjs', blockOf(receive, 'run', 'v1a')))) as {
      verifyV1a(publicKey: string, body: string, headers: Record<string, string>): boolean;
    };
    const pair = await newKeyPair(keys);
    const other = await newKeyPair(keys);
    const headers = {
      'webhook-id': 'dlv_1',
      'webhook-timestamp': '1795300001',
      'webhook-signature': await createSigner(keys, [other.privateKey, pair.privateKey]).sign(
        'dlv_1',
        1_795_300_001,
        '{"a":1}',
      ),
    };
    expect(verifyV1a(pair.publicKey, '{"a":1}', headers)).toBe(true);
    expect(verifyV1a(pair.publicKey, '{"a":2}', headers)).toBe(false);
    expect(verifyV1a((await newKeyPair(keys)).publicKey, '{"a":1}', headers)).toBe(false);
  });

  test.skipIf(!hasPython)('the check in Python takes what was signed and nothing else', async () => {
    const secret = newSecret(systemChance);
    const stamp = Math.floor(Date.now() / 1000);
    const signature = await createSigner(keys, [newSecret(systemChance), secret]).sign(
      'dlv_1',
      stamp,
      '{"a":1}',
    );
    const headers = {
      'webhook-id': 'dlv_1',
      'webhook-timestamp': String(stamp),
      'webhook-signature': signature,
    };
    const script = `${blockOf(receive, 'run', 'python')}
import sys
secret, headers = json.loads(sys.argv[1]), json.loads(sys.argv[2])
print(verify(secret, b'{"a":1}', headers))
for body, over in ((b'{"a":2}', {}), (b'{"a":1}', {"webhook-timestamp": "1"})):
    try:
        print(verify(secret, body, {**headers, **over}))
    except ValueError as error:
        print(error)
`;
    const args = [file('verify.py', script), JSON.stringify(secret), JSON.stringify(headers)];
    const { stdout, stderr } = spawnSync('python3', args, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(lines(stdout)).toEqual([
      "{'a': 1}",
      'no signature fits',
      'too old: somebody may be repeating what they overheard',
    ]);
  });

  test('the scanner finds tokens and nothing that only looks like one', () => {
    const { token } = newToken('k', 'live', systemChance);
    const wrong = `${token.slice(0, 20)}${token[20] === 'x' ? 'y' : 'x'}${token.slice(21)}`;
    const leak = file('leak.txt', `TOKEN="${token}"\nnot one: ${wrong}\n`);
    const script = file('scan.mjs', blockOf('docs/guides/security.md', 'run', 'scan'));
    const { stdout } = spawnSync(process.execPath, [script, leak], { encoding: 'utf8' });
    expect(lines(stdout)).toEqual([`${leak}: ${token.slice(0, 15)}…`]);
  });
});

const lines = (text: Buffer | string): string[] =>
  text
    .toString()
    .split('\n')
    .filter((line) => line !== '');
