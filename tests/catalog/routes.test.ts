import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeType, jsonSchema, typeNames } from '../../src/catalog/index.ts';
import { type Answer, startTestHub, type TestHub } from '../harness/hub.ts';

type Json = Answer['body'];

describe('GET /v1/event-types', () => {
  let hub: TestHub;
  let token: string;
  beforeAll(async () => {
    hub = await startTestHub();
    token = (await hub.account(['reviews:read'])).token;
  });
  afterAll(() => hub.stopAndForget());
  const read = (path: string, who: string | null = token) => hub.call('GET', `/v1/event-types${path}`, who);

  test('any token may list every type', async () => {
    const answer = await read('', await hub.service());
    expect(answer.body.data.map((one: Json) => one.type)).toEqual(typeNames);
    expect(answer.body).toMatchObject({
      next_cursor: null,
      data: [
        { versions: [{ version: 1, supported: true }, expect.anything()] },
        ...typeNames.slice(1).map(() => expect.anything()),
      ],
    });
  });

  test.each(typeNames)(
    '%s is shown with schema and sample, and each version has an address',
    async (type) => {
      const shown = await read(`/${type}`);
      expect(shown.body).toEqual(JSON.parse(JSON.stringify(describeType(type))));
      for (const { version } of shown.body.versions) {
        expect((await read(`/${type}/${version}`)).body).toEqual(
          JSON.parse(JSON.stringify(jsonSchema(type, version))),
        );
      }
    },
  );

  test('unchanged answers 304', async () => {
    for (const path of ['', '/booking.confirmed', '/booking.confirmed/1']) {
      const etag = (await read(path)).headers.get('etag') ?? '';
      const again = await hub.call('GET', `/v1/event-types${path}`, token, undefined, {
        'if-none-match': `"x", ${etag}`,
      });
      expect(again.status).toBe(304);
    }
  });

  test('what is not there is 404, and without a token nothing is', async () => {
    for (const path of [
      '/booking.imagined',
      '/constructor',
      '/booking.confirmed/99',
      '/booking.confirmed/0',
      '/booking.confirmed/x',
    ]) {
      expect((await read(path)).body).toMatchObject({ status: 404, code: 'not_found' });
    }
    for (const path of ['', '/booking.confirmed', '/booking.confirmed/1'])
      expect((await read(path, null)).status).toBe(401);
  });
});
