import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestHub, type TestHub } from '../harness/hub.ts';

const wish = { endpoint: { type: 'webhook', url: 'http://127.0.0.1:9/hook' }, event_types: ['booking.*'] };

describe('reading and changing subscriptions', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub();
  });
  afterAll(() => hub.stopAndForget());

  test('what is named changes, what is not stays, and each change is audited by its fields alone', async () => {
    const me = await hub.account();
    const made = await hub.call('POST', '/v1/subscriptions', me.token, {
      ...wish,
      description: 'first',
      cities: ['houston'],
    });
    expect(made.headers.get('location')).toBe(`/v1/subscriptions/${made.body.id}`);
    const { secret, ...shown } = made.body;
    expect(secret).toMatch(/^whsec_/);
    const changed = await hub.call('PATCH', `/v1/subscriptions/${made.body.id}`, me.token, {
      filter: { 'data.status': 'confirmed' },
      format: 'cloudevents',
      ordering: 'subject',
      max_per_second: 5,
      cities: [],
    });
    const after = {
      ...shown,
      filter: { 'data.status': 'confirmed' },
      format: 'cloudevents',
      ordering: 'subject',
      max_per_second: 5,
      cities: [],
      updated_at: changed.body.updated_at,
    };
    expect(changed.body).toEqual(after);
    expect((await hub.call('GET', `/v1/subscriptions/${made.body.id}`, me.token)).body).toEqual(after);
    const cleared = await hub.call('PATCH', `/v1/subscriptions/${made.body.id}`, me.token, { filter: null });
    expect(cleared.body.filter).toBeNull();
    const { audit } = hub.hub.store.tables;
    const rows = (await hub.hub.store.db.select().from(audit)).filter(
      (row) => row.subject === made.body.id && row.action === 'subscription.change',
    );
    expect(rows.map((row) => row.detail['fields'])).toEqual(
      [['cities', 'filter', 'format', 'ordering', 'max_per_second'].sort(), ['filter']].map((list) =>
        expect.arrayContaining(list),
      ),
    );
    expect(JSON.stringify(rows)).not.toContain('confirmed');
  });

  test('a change that changes nothing is no new version', async () => {
    const me = await hub.account();
    const made = await hub.call('POST', '/v1/subscriptions', me.token, wish);
    const same = await hub.call('PATCH', `/v1/subscriptions/${made.body.id}`, me.token, {
      endpoint: wish.endpoint,
    });
    expect(same.headers.get('etag')).toBe(made.headers.get('etag'));
  });

  test('a change leaves the filter as it is when it is not named', async () => {
    const me = await hub.account();
    const made = await hub.call('POST', '/v1/subscriptions', me.token, {
      ...wish,
      filter: { city: 'houston' },
    });
    const changed = await hub.call('PATCH', `/v1/subscriptions/${made.body.id}`, me.token, {
      event_types: ['booking.confirmed'],
    });
    expect(changed.body).toMatchObject({ filter: { city: 'houston' }, event_types: ['booking.confirmed'] });
  });

  test('the list goes on where a page ended, newest first, and can ask for one state', async () => {
    const me = await hub.account();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++)
      ids.unshift((await hub.call('POST', '/v1/subscriptions', me.token, wish)).body.id as string);
    await hub.call('POST', `/v1/subscriptions/${ids[2]}/pause`, me.token);
    await hub.call('DELETE', `/v1/subscriptions/${ids[4]}`, me.token);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { body: { data: { id: string }[]; next_cursor: string | null } } = await hub.call(
        'GET',
        `/v1/subscriptions?limit=3${cursor ? `&cursor=${cursor}` : ''}`,
        me.token,
      );
      seen.push(...page.body.data.map((one) => one.id));
      cursor = page.body.next_cursor;
    }
    expect(seen).toEqual(ids.slice(0, 4));
    expect(
      (await hub.call('GET', '/v1/subscriptions?state=paused', me.token)).body.data.map(
        (one: { id: string }) => one.id,
      ),
    ).toEqual([ids[2]]);
    expect(await hub.call('GET', '/v1/subscriptions?state=deleted', me.token)).toMatchObject({
      status: 400,
      body: { code: 'invalid_parameter' },
    });
    expect(await hub.call('GET', '/v1/subscriptions?cursor=nonsense', me.token)).toMatchObject({
      status: 400,
      body: { code: 'invalid_cursor' },
    });
  });

  test('after a rotation of key pairs the previous public keys are shown until they end', async () => {
    const me = await hub.account();
    const made = await hub.call('POST', '/v1/subscriptions', me.token, { ...wish, signature: 'v1a' });
    expect(made.body).not.toHaveProperty('secret');
    const at = `/v1/subscriptions/${made.body.id}`;
    const rotated = await hub.call('POST', `${at}/secret/rotate`, me.token, { overlap_seconds: 60 });
    expect(rotated.body.public_key).toMatch(/^whpk_/);
    const shown = (await hub.call('GET', at, me.token)).body;
    expect(shown).toMatchObject({
      public_key: rotated.body.public_key,
      previous_public_keys: [
        { public_key: made.body.public_key, expires_at: rotated.body.old_secrets_until },
      ],
    });
    await hub.call('POST', `${at}/secret/rotate`, me.token, { overlap_seconds: 0 });
    expect((await hub.call('GET', at, me.token)).body.previous_public_keys).toEqual([]);
  });

  test('a later rotation never lengthens the life of an older secret', async () => {
    const me = await hub.account();
    const made = await hub.call('POST', '/v1/subscriptions', me.token, { ...wish, signature: 'v1a' });
    const at = `/v1/subscriptions/${made.body.id}`;
    const first = await hub.call('POST', `${at}/secret/rotate`, me.token, { overlap_seconds: 60 });
    await hub.call('POST', `${at}/secret/rotate`, me.token, { overlap_seconds: 600 });
    const keys = (await hub.call('GET', at, me.token)).body.previous_public_keys as {
      public_key: string;
      expires_at: string;
    }[];
    expect(keys.find((key) => key.public_key === made.body.public_key)?.expires_at).toBe(
      first.body.old_secrets_until,
    );
  });
});
