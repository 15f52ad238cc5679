import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeCursor } from '../../src/columns/index.ts';
import { eventFor, startTestHub, type TestHub } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';
import { mightyStaffToken } from '../harness/staff.ts';
import { bodyFor } from '../wire/arbitrary-body.ts';
import { type OpenApi, type Operation, operationsOf } from '../wire/operations.ts';
import { type Answered, expectNoFault, expectRefusal } from '../wire/problem.ts';

/**
 * Every operation of the OpenAPI document against what people, bugs and attackers send. A route that is mounted
 * tomorrow is tried too: the document is the list.
 */
describe('bad input on every route', () => {
  let hub: TestHub;
  let sink: Sink;
  let document: OpenApi;
  let operations: Operation[] = [];
  let service = '';
  let staffToken = '';
  let account: Awaited<ReturnType<TestHub['account']>>;
  /** Of things that are really there, so that what is refused is the input and not the absence. */
  const ids: Record<string, string> = {};
  const answers: string[] = [];

  beforeAll(async () => {
    // A connector whose connection needs nobody’s consent, and a vendor that is not there.
    hub = await startTestHub({
      // Eight bad tokens for each route are more than one address may try.
      PATCHBAY_BAD_TOKENS_PER_ADDRESS: '1000000',
      PATCHBAY_CONNECTORS: 'discord',
      PATCHBAY_VENDOR_STAND_INS: 'https://discord.com=http://127.0.0.1:9',
    });
    sink = await startSink();
    service = await hub.service(['events:publish', 'intents:read', 'accounts:write']);
    staffToken = await mightyStaffToken(hub.hub);
    account = await hub.account([
      'bookings:read',
      'deliverables:read',
      'rfps:read',
      'rfps:create',
      'reviews:read',
      'webhooks:manage',
      'connections:manage',
      'tokens:manage',
    ]);
    document = (await hub.call('GET', '/openapi.json', null)).body as OpenApi;
    // What takes tokens away takes ours away: such operations are tried with ids that name nothing.
    operations = operationsOf(document);
    const made = await hub.call('POST', '/v1/subscriptions', account.token, {
      endpoint: { type: 'webhook', url: `${sink.origin}/hook` },
      event_types: ['booking.*'],
    });
    const published = await hub.call('POST', '/v1/events', service, eventFor([account.id]));
    await until('the delivery arrives', () => sink.received.length > 0);
    const linked = await hub.call('POST', '/v1/connections', account.token, {
      connector: 'discord',
      url: 'https://discord.com/api/webhooks/1/none',
    });
    Object.assign(ids, {
      con: linked.body.id,
      sub: made.body.id,
      evt: published.body.id,
      dlv: String(sink.received[0]?.headers['webhook-id']),
    });
  });
  afterAll(async () => {
    await hub.stopAndForget();
    await sink.close();
  });

  const send = async (
    method: string,
    path: string,
    token: string | null,
    body?: string | Uint8Array | ReadableStream,
    headers: Record<string, string> = {},
  ): Promise<Answered> => {
    const response = await fetch(hub.origin + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: body as BodyInit, duplex: 'half' }),
    });
    const text = await response.text();
    answers.push(text);
    return { status: response.status, headers: response.headers, text };
  };

  const isServices = ({ scopes }: Operation): boolean =>
    (scopes ?? []).some((scope) => ['events:publish', 'intents:read', 'accounts:write'].includes(scope));
  const tokenFor = (operation: Operation): string => {
    if (operation.path.startsWith('/admin/')) return staffToken;
    return isServices(operation) ? service : account.token;
  };

  /** Deleting is tried on nothing, or the first try would leave the others nothing to be refused at. */
  const pathOf = (operation: Operation, over: string | null = null): string =>
    operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      if (over !== null) return over;
      if (name === 'type') return 'booking.confirmed';
      if (name === 'version') return '1';
      if (name === 'source') return `account:${account.id}`;
      if (name === 'kind') return 'rfp.create';
      const pattern = operation.pathParameters.find((one) => one.name === name)?.pattern;
      const prefix = /\^?([a-z]{3})_/.exec(pattern ?? '')?.[1] ?? '';
      const isHarmless = operation.method !== 'DELETE';
      if (isHarmless && ids[prefix]) return ids[prefix];
      return prefix ? `${prefix}_01kam0000000000000000000zz` : 'nothing';
    });

  const withBody = (): Operation[] => operations.filter((operation) => operation.body !== null);

  test('the document names the routes that are tried', () => {
    const names = operations.map((operation) => operation.name);
    expect(names).toEqual(
      expect.arrayContaining([
        'POST /v1/events',
        'GET /v1/events',
        'POST /v1/subscriptions',
        'GET /v1/deliveries/{id}',
        'GET /healthz',
      ]),
    );
    expect(withBody().length).toBeGreaterThan(5);
  });

  test('a token that is absent, mistyped, of another scheme or of another kind is a 401 and says so', async () => {
    const guarded = operations.filter((operation) => operation.scopes !== null);
    const mistyped = `${account.token.slice(0, -1)}${account.token.endsWith('a') ? 'b' : 'a'}`;
    for (const operation of guarded) {
      const path = pathOf(operation);
      const bad: Record<string, string>[] = [
        {},
        { authorization: '' },
        { authorization: 'Bearer' },
        { authorization: `Basic ${Buffer.from('a:b').toString('base64')}` },
        { authorization: `Bearer ${mistyped}` },
        { authorization: `Bearer ${account.token} ${account.token}` },
        { authorization: `Bearer ${'a'.repeat(8_000)}` },
        { authorization: 'Bearer pbk_\u00ff\u00fe' },
      ];
      for (const headers of bad) {
        const answer = await send(operation.method, path, null, undefined, headers);
        expectNoFault(answer, `${operation.name} with ${JSON.stringify(headers).slice(0, 60)}`);
        expect([401, 403], operation.name).toContain(answer.status);
      }
    }
  });

  test('a body that is not one JSON document of bounded depth is a 400 that says where', async () => {
    const bad: [string, string | Uint8Array][] = [
      ['nothing', ''],
      ['white space', ' \n'],
      ['text', 'hello'],
      ['half', '{"a":'],
      ['two documents', '{} {}'],
      ['a comma at the end', '{"a":1,}'],
      ['a comment', '{/* */}'],
      ['NaN', '{"a":NaN}'],
      ['a byte order mark', '\ufeff{}'],
      ['a key twice', '{"type":"a","type":"b"}'],
      ['a key twice, once escaped', '{"type":"a","\\u0074ype":"b"}'],
      ['a key twice, deep', '{"data":{"x":[{"y":1,"y":1}]}}'],
      ['NUL escaped', '{"a":"\\u0000"}'],
      ['NUL in a key', '{"\\u0000":1}'],
      ['NUL raw', '{"a":"\0"}'],
      ['half a surrogate pair', '{"a":"\\ud800"}'],
      ['33 levels', '['.repeat(33) + ']'.repeat(33)],
      ['30,000 levels', '['.repeat(30_000)],
      ['30,000 levels of objects', '{"a":'.repeat(6_000)],
      ['invalid UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)],
      ['an overlong slash', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22)],
      ['a surrogate in UTF-8', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
      ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x7b, 0, 0x7d, 0)],
      ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0)],
    ];
    for (const operation of withBody()) {
      for (const [what, body] of bad) {
        // An empty body may be left out where the body may.
        if (body.length === 0 && !operation.isBodyRequired) continue;
        const answer = await send(operation.method, pathOf(operation), tokenFor(operation), body);
        expectRefusal(answer, 400, 'invalid_json', `${operation.name} with ${what}`);
      }
    }
  });

  test('another content type than JSON is a 415', async () => {
    const bad = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonx',
      'text/json',
      'application/json5',
      ';',
      'a'.repeat(2_000),
    ];
    for (const operation of withBody()) {
      for (const type of bad) {
        const answer = await send(operation.method, pathOf(operation), tokenFor(operation), '{}', {
          'content-type': type,
        });
        expectRefusal(answer, 415, 'unsupported_media_type', `${operation.name} as ${type.slice(0, 40)}`);
      }
    }
  });

  test('a document of the wrong type is a 422 with a pointer, and an unknown field is named', async () => {
    for (const operation of withBody()) {
      const path = pathOf(operation);
      for (const body of ['null', 'true', '1', '"text"', '[]', '[{}]', '1e400']) {
        const answer = await send(operation.method, path, tokenFor(operation), body);
        expectRefusal(answer, 422, 'validation_failed', `${operation.name} with ${body}`);
      }
      const answer = await send(operation.method, path, tokenFor(operation), '{"no_such_field~/":1}');
      expectRefusal(answer, 422, 'validation_failed', `${operation.name} with an unknown field`);
      const { errors } = JSON.parse(answer.text) as { errors: { pointer: string; detail: string }[] };
      // Of several forms none fits before the one is chosen: that is what is missing then.
      const isOneOf = operation.path === '/v1/intents/{id}/result';
      expect(
        errors.map((error) => error.pointer),
        operation.name,
      ).toContain(isOneOf ? '/result' : '/no_such_field~0~1');
    }
  });

  test('a field called __proto__ is an unknown one, wherever a body or a query is open', async () => {
    const odd = '{"__proto__":{"x":1}}';
    const bodies: [method: string, path: string, pointer: string, body: string][] = [
      ['POST', '/v1/events', '/data/__proto__', JSON.stringify(eventFor([account.id], { data: 'odd' }))],
      ['POST', `/v1/quarantine/evt_nothing/redrive`, '/data/__proto__', '{"data":"odd"}'],
      [
        'POST',
        '/v1/subscriptions',
        '/endpoint/options/__proto__',
        '{"endpoint":{"type":"connection","connection_id":"con_1","options":"odd"},"event_types":["*"]}',
      ],
      ['PATCH', `/v1/subscriptions/${ids['sub']}`, '/filter/__proto__', '{"filter":"odd"}'],
      ['POST', '/v1/subscriptions/dry-run', '/filter/__proto__', '{"event_types":["*"],"filter":"odd"}'],
      [
        'POST',
        `/v1/connections/${ids['con']}/preview`,
        '/options/__proto__',
        '{"event_types":["booking.confirmed"],"options":"odd"}',
      ],
    ];
    for (const [method, path, pointer, body] of bodies) {
      const token = /events|quarantine/.test(path) ? service : account.token;
      const answer = await send(method, path, token, body.replace('"odd"', odd));
      expectRefusal(answer, 422, 'validation_failed', path);
      expect(JSON.parse(answer.text), path).toMatchObject({ errors: [{ pointer }] });
    }
    const events = `{"events":[${bodies[0]![3].replace('"odd"', odd)},${JSON.stringify(eventFor([account.id]))}]}`;
    const batch = await send('POST', '/v1/events', service, events);
    expect(JSON.parse(batch.text)).toMatchObject({
      results: [{ status: 'invalid', errors: [{ pointer: '/data/__proto__' }] }, { status: 'accepted' }],
    });
    for (const name of ['__proto__', 'constructor', 'prototype'])
      expectRefusal(
        await send('GET', `/v1/events?${name}=1`, account.token),
        400,
        'invalid_parameter',
        `a query with ${name}`,
      );
  });

  test('a body that is too large is a 413, told by its length or found out while reading', async () => {
    const bytes = new TextEncoder().encode(`{"description":"${'x'.repeat(5 * 1024 * 1024)}"}`);
    const streamed = () =>
      new ReadableStream({
        start: (controller) => {
          for (let at = 0; at < bytes.length; at += 65_536)
            controller.enqueue(bytes.subarray(at, at + 65_536));
          controller.close();
        },
      });
    for (const operation of withBody()) {
      for (const [what, body] of [
        ['a length', bytes],
        ['no length', streamed()],
      ] as const) {
        const answer = await send(operation.method, pathOf(operation), tokenFor(operation), body);
        expectRefusal(answer, 413, 'body_too_large', `${operation.name} with ${what}`);
      }
    }
  });

  test('an id that is no id names nothing', async () => {
    const bad = [
      'x',
      '%20',
      '%00',
      '%2e%2e%2f',
      '%ff%fe',
      '%E0%A4%A',
      '💥',
      "'%20OR%201=1",
      'sub_',
      'a'.repeat(3_000),
      '__proto__',
      '-1',
      '*',
    ];
    for (const operation of operations.filter((one) => one.path.includes('{'))) {
      for (const id of bad) {
        const body = operation.body ? '{}' : undefined;
        const answer = await send(operation.method, pathOf(operation, id), tokenFor(operation), body);
        expectNoFault(answer, `${operation.name} with the id ${id.slice(0, 40)}`);
        expect(
          answer.status,
          `${operation.name} with the id ${id.slice(0, 40)}: ${answer.text.slice(0, 200)}`,
        ).toBeGreaterThanOrEqual(400);
      }
    }
  });

  test('a query that is unknown, doubled or out of range is a 400, and a cursor that was made up is one', async () => {
    const parts = [
      [],
      [-1],
      [1.5],
      [Number.MAX_SAFE_INTEGER],
      [1e308],
      ['x'],
      ["'; DROP TABLE events; --"],
      [1, 1],
      [1, 2, 3],
      ['\0', 1],
      ['\ud800'],
    ];
    // A list's cursors are of its own kind, and the kind bears its name.
    const named: Record<string, string> = { events: 'feed', 'calendar-feeds': 'feeds' };
    const forgedFor = ({ path }: Operation): string[] => {
      const list = path.split('/').at(-1) ?? '';
      const kind = named[list] ?? list.replaceAll('-', '_');
      return [...parts.map((some) => encodeCursor(kind, some)), encodeCursor('another', ['x'])];
    };
    const cursors = [
      'x',
      '%00',
      '===',
      'bnVsbA',
      'W10',
      '%F0%9F',
      'a'.repeat(5_000),
      Buffer.from('[1,"feed",{"a":1}]').toString('base64url'),
      Buffer.from('['.repeat(700)).toString('base64url'),
    ];
    const values = [
      '',
      '0',
      '-1',
      '1.5',
      'abc',
      '1e9',
      'NaN',
      'Infinity',
      '99999999999999999999',
      '%00',
      '%ff',
      '💥',
      'true',
      'null',
      '[]',
      "'",
      '*',
      'a'.repeat(3_000),
    ];
    for (const operation of operations.filter((one) => one.scopes !== null && one.body === null)) {
      const path = pathOf(operation);
      const token = tokenFor(operation);
      const unknown = await send(operation.method, `${path}?no_such_parameter=1`, token);
      if (operation.method === 'GET' && operation.pathParameters.length === 0)
        expectRefusal(unknown, 400, 'invalid_parameter', `${operation.name} with an unknown parameter`);
      else expectNoFault(unknown, operation.name);
      for (const name of operation.queryParameters) {
        const doubled = await send(operation.method, `${path}?${name}=1&${name}=2`, token);
        expectRefusal(doubled, 400, 'invalid_parameter', `${operation.name} with ${name} twice`);
        // SQLite would take it; PostgreSQL does not.
        const withNul = await send(operation.method, `${path}?${name}=a%00`, token);
        expectRefusal(withNul, 400, 'invalid_parameter', `${operation.name} with NUL in ${name}`);
        const isCursor = name === 'after' || name === 'cursor';
        const tried = isCursor ? [...cursors, ...forgedFor(operation)] : values;
        for (const value of tried) {
          const answer = await send(operation.method, `${path}?${name}=${value}`, token);
          expectNoFault(answer, `${operation.name}?${name}=${value.slice(0, 60)}`);
        }
      }
      for (const cursor of ['x', 'W10', 'a'.repeat(900)]) {
        const name = operation.queryParameters.find((one) => one === 'after' || one === 'cursor');
        if (!name) continue;
        const answer = await send(operation.method, `${path}?${name}=${cursor}`, token);
        expectRefusal(answer, 400, 'invalid_cursor', `${operation.name}?${name}=${cursor.slice(0, 20)}`);
      }
    }
  });

  test('a method that an address does not take is refused', async () => {
    for (const path of new Set(operations.map((operation) => operation.path))) {
      const taken = operations.filter((operation) => operation.path === path).map((one) => one.method);
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
        if (taken.includes(method)) continue;
        const target = path.replaceAll(/\{\w+\}/g, 'x');
        const answer = await send(method, target, account.token);
        expectNoFault(answer, `${method} ${path}`);
        expect(answer.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
      }
    }
  });

  test('any headers at all', async () => {
    const bad: Record<string, string>[] = [
      { 'idempotency-key': '' },
      { 'idempotency-key': 'a'.repeat(4_000) },
      { 'idempotency-key': 'two words' },
      { 'idempotency-key': '\u00e9' },
      { 'if-none-match': '"'.repeat(500) },
      { 'if-none-match': '*, W/"x", ' },
      { 'if-match': 'not quoted' },
      { 'if-match': '*' },
      { 'content-encoding': 'gzip' },
      { accept: 'image/png' },
      { 'x-forwarded-for': '💥'.replace('💥', '\u00ff') },
      { host: 'evil.example' },
    ];
    for (const operation of operations) {
      if (operation.method === 'DELETE') continue;
      for (const headers of bad) {
        const answer = await send(
          operation.method,
          pathOf(operation),
          operation.scopes === null ? null : tokenFor(operation),
          operation.body ? '{}' : undefined,
          headers,
        );
        expectNoFault(answer, `${operation.name} with ${JSON.stringify(headers).slice(0, 60)}`);
      }
    }
  });

  test(
    'random bodies, shaped by the schema and broken anywhere, fault nowhere',
    { timeout: 120_000 },
    async () => {
      for (const operation of withBody()) {
        const path = pathOf(operation);
        await fc.assert(
          fc.asyncProperty(bodyFor(operation.body ?? {}, document), async (body) => {
            const answer = await send(
              operation.method,
              path,
              tokenFor(operation),
              JSON.stringify(body) ?? 'null',
            );
            expectNoFault(answer, `${operation.name} with ${JSON.stringify(body)?.slice(0, 400)}`);
          }),
          { numRuns: 40, seed: 77 },
        );
      }
    },
  );

  test('afterwards the hub is well, has logged no fault, and has shown no token or secret to anybody', async () => {
    const { body } = await hub.call('POST', '/v1/events', service, eventFor([account.id]));
    expect(body).toMatchObject({ status: 'accepted' });
    expect((await hub.call('GET', '/readyz', null)).status).toBe(200);
    expect(hub.log.lines.filter((line) => line.startsWith('error request.fault'))).toEqual([]);

    const canaries = [service, account.token].flatMap((token) => [token, token.slice(9)]);
    for (const canary of canaries) {
      expect(
        hub.log.lines.some((line) => line.includes(canary)),
        'in the log',
      ).toBe(false);
      expect(
        answers.some((text) => text.includes(canary)),
        'in an answer',
      ).toBe(false);
    }
    expect(
      hub.log.lines.some((line) => /whsec_|whsk_|pbk_[akrcs][lt]_/.test(line)),
      'any secret in the log',
    ).toBe(false);
  });
});
