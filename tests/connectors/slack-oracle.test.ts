/**
 * Slack's own client and our connector: the same method, address and body, and each request fits Slack's specification
 * (tests/vendor-specs, of 2021: what Slack added later is named here).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChatPostMessageArguments, type ChatUpdateArguments, WebClient } from '@slack/web-api';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connector } from '#connectors/slack';
import { eventOf, fakeToken, type Sent, slackHub } from './slack-hub.ts';

const scopes = ['chat:write', 'channels:read', 'channels:history'];
const options = connector.manifest.options.parse({ channel: 'C0RFPS', respond: 'channel' });
const hub = slackHub(scopes, { options });
const client = new WebClient(fakeToken, {
  retryConfig: { retries: 0 },
  // Taken anew at each call: msw puts its own in place after this line.
  fetch: (url, init) => fetch(url, init),
});

beforeAll(() => hub.server.listen());
afterAll(() => hub.server.close());

const asSeen = ({ method, url, headers, body }: Sent) => ({
  method,
  url,
  type: headers.get('content-type')?.split(';')[0],
  authorization: headers.get('authorization'),
  fields: Object.fromEntries(new URLSearchParams(body)),
});
const since = async (act: () => Promise<unknown>): Promise<ReturnType<typeof asSeen>[]> => {
  const from = hub.sent.length;
  await act();
  return hub.sent.slice(from).map(asSeen);
};
/** What our form says, as a program would give it to the client. */
const given = (fields: Record<string, string>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      ['blocks', 'metadata'].includes(name)
        ? JSON.parse(value)
        : /^(true|false)$/.test(value)
          ? value === 'true'
          : value,
    ]),
  );

describe('the same request as Slack’s own client', () => {
  it('chat.postMessage', async () => {
    const [op] = hub.plan(eventOf('booking.requested'));
    const [ours] = await since(() => hub.deliver(op!));
    const [theirs] = await since(() =>
      client.chat.postMessage(given(ours!.fields) as unknown as ChatPostMessageArguments),
    );
    expect(ours!.url).toBe('https://slack.com/api/chat.postMessage');
    expect(theirs).toEqual(ours);
  });

  it('chat.update', async () => {
    const [op] = hub.plan(eventOf('booking.confirmed', { sequence: 2 }));
    const [ours] = await since(() => hub.deliver(op!));
    const [theirs] = await since(() =>
      client.chat.update(given(ours!.fields) as unknown as ChatUpdateArguments),
    );
    expect(ours!.url).toBe('https://slack.com/api/chat.update');
    expect(theirs).toEqual(ours);
  });

  it('auth.test', async () => {
    const [ours] = await since(() => connector.health(hub.ctx('')));
    const [theirs] = await since(() => client.auth.test());
    expect(theirs).toEqual(ours);
  });

  it('conversations.list and conversations.history', async () => {
    const [listed] = await since(() => connector.choices!('channel', hub.ctx('')));
    const [theirList] = await since(() =>
      client.conversations.list({ types: 'public_channel', exclude_archived: true, limit: 200 }),
    );
    expect(theirList).toEqual(listed);
    const [op] = hub.plan(eventOf('rfp.created'));
    await hub.deliver(op!);
    hub.refs.clear();
    const [asked] = await since(() => connector.reconcile!(op!, hub.ctx(op!.key)));
    const { channel = '', oldest = '', latest = '' } = asked!.fields;
    const [theirs] = await since(() =>
      client.conversations.history({
        channel,
        oldest,
        latest,
        inclusive: true,
        include_all_metadata: true,
        limit: 15,
      }),
    );
    expect(theirs).toEqual(asked);
  });
});

describe('Slack’s specification', () => {
  type Operation = { parameters: { name: string; type: string; required?: boolean }[] };
  const file = join(import.meta.dirname, '../vendor-specs/slack-web-api.trim.swagger2.json');
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as {
    paths: Record<string, Record<string, Operation>>;
  };
  // Message metadata came in 2022; the specification stopped in 2021.
  const later: Record<string, string[]> = { '/chat.postMessage': ['metadata'], '/chat.update': ['metadata'] };
  const pathOf = (url: string) => url.replace('https://slack.com/api', '');

  it('has every request that was made here [S2-19]', () => {
    const seen = hub.sent.map(asSeen);
    const unknown = seen.filter(({ url }) => !paths[pathOf(url)]);
    expect([...new Set(unknown.map(({ url }) => pathOf(url)))]).toEqual(['/conversations.history']);
    for (const { url, fields, authorization } of seen.filter((one) => !unknown.includes(one))) {
      const path = pathOf(url);
      // Slack takes each method by GET and by POST, its parameters in the query or in a form (docs, "Using the Web API").
      const { parameters } = Object.values(paths[path]!)[0]!;
      const validate = new Ajv({ coerceTypes: true }).compile({
        type: 'object',
        additionalProperties: false,
        required: parameters.filter(({ required }) => required).map(({ name }) => name),
        properties: Object.fromEntries([
          ...parameters.map(({ name, type }) => [name, { type }]),
          ...(later[path] ?? []).map((name) => [name, { type: 'string' }]),
        ]),
      });
      const isFit = validate({ ...fields, token: authorization });
      expect({ path, errors: isFit ? [] : validate.errors }).toEqual({ path, errors: [] });
    }
  });
});
