import type { Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { expect } from 'vitest';
import { until } from '../harness/sink.ts';
import { look, picture, type Stand } from './stand.ts';

type On = { stand: Stand; page: Page };
type Subscription = { id: string; secret: string } & Record<string, unknown>;

const subscribe = async ({ hub, account, sinks }: Stand, over = {}, token = account.token) => {
  const wish = {
    endpoint: { type: 'webhook', url: `${sinks.good.origin}/ledger` },
    event_types: ['booking.*', '*'],
    description: 'Ledger',
    ...over,
  };
  return (await hub.call('POST', '/v1/subscriptions', token, wish)).body as Subscription;
};

/** Its name and address are changed by the page alone, past a mistake, and past a program that was quicker. */
export async function proveChange({ stand, page }: On): Promise<void> {
  const { id, secret } = await subscribe(stand);
  const api = (method: string, body?: unknown) =>
    stand.hub.call(method, `/v1/subscriptions/${id}`, stand.account.token, body);
  const field = (name: string) => page.locator(`#${name}`);
  const save = () => page.getByRole('button', { name: 'Save the changes' }).click();
  await page.goto(`${stand.hub.origin}/portal/subscriptions/${id}`);
  await page.getByRole('link', { name: 'Change', exact: true }).click();
  expect(await page.getByRole('checkbox', { name: /^\*/ }).isChecked()).toBe(true);
  expect(await look(page, 'change')).toEqual([]);
  await page.getByText('Narrow it down').click();
  await field('description').fill('Books');
  await field('filter').fill('{"data.no_such": 1}');
  await save();
  await expect.poll(() => page.locator('#filter-wrong').textContent()).toContain('data.no_such');
  expect([await field('description').inputValue(), await field('filter').inputValue()]).toEqual([
    'Books',
    '{"data.no_such": 1}',
  ]);
  expect(await look(page, 'change-wrong')).toEqual([]);
  await field('filter').fill('');
  await field('url').fill('http://10.0.0.1/books');
  await save();
  await expect.poll(() => field('url').getAttribute('aria-invalid')).toBe('true');

  await api('PATCH', { max_per_second: 7 });
  await field('url').fill(`${stand.sinks.good.origin}/books`);
  await save();
  const conflict = page.getByRole('alert');
  await expect.poll(() => conflict.textContent()).toContain('changed meanwhile');
  expect(await conflict.textContent()).toMatch(/Address now: .*\/ledger.*Name now: Ledger.*at most now: 7/s);
  expect(await field('description').inputValue()).toBe('Books');
  expect((await api('GET')).body).toMatchObject({ description: 'Ledger', max_per_second: 7 });
  expect(await look(page, 'change-conflict')).toEqual([]);
  await field('max_per_second').fill('7');
  await save();
  await page.getByText('Changed: address, name').waitFor();
  expect((await api('GET')).body).toMatchObject({
    description: 'Books',
    endpoint: { url: `${stand.sinks.good.origin}/books` },
    event_types: ['booking.*', '*'],
    max_per_second: 7,
    filter: null,
  });
  expect(await look(page, 'changed')).toEqual([]);
  await page.getByRole('button', { name: 'Send a test event' }).click();
  const arrived = () => stand.sinks.good.received.find(({ path }) => path === '/books');
  await until('the test is there', () => arrived() !== undefined);
  const { body = '', headers = {} } = arrived() ?? {};
  // The secret of before: changing loses nothing.
  new Webhook(secret).verify(body, headers as Record<string, string>);

  await page.goto(`${stand.hub.origin}/portal/subscriptions/${id}/change`);
  await save();
  await page.getByText('Nothing was different').waitFor();
  expect(await page.locator('table').last().textContent()).toMatch(/integration\.test.*delivered/s);
  await api('DELETE');
}

/** Where an endpoint fails, the page says what it answered, and its last deliveries stand there. */
export async function proveWhyItFails({ stand, page }: On): Promise<void> {
  await page.goto(`${stand.hub.origin}/portal/subscriptions/${stand.subscriptions.bad}`);
  const why = page.locator('.note').getByRole('link', { name: 'The endpoint answered 503' });
  expect(await page.locator('section[aria-labelledby=latest] tbody tr').count()).toBeGreaterThan(0);
  await picture(page, 'failing');
  await why.click();
  await page.waitForURL('**/portal/deliveries/dlv_*');
  expect(await page.locator('.verdict').textContent()).toContain('The endpoint answered 503');
}

const long = 'x'.repeat(60_000);
const wrongWishes: [string, Record<string, string>, string][] = [
  ['nothing at all', { url: '', types: '' }, 'Choose one event at least.'],
  ['an address that leads nowhere', { url: 'ftp://example.com' }, 'url-wrong'],
  ['an address without end', { url: `https://example.com/${long}` }, 'url-wrong'],
  ['a name without end', { description: long }, 'At most 500 letters.'],
  ['an event that there is not', { types: 'booking.confirmedd' }, 'No event type has this name.'],
  ['a city that is none', { cities: 'Houston!' }, 'cities-wrong'],
  ['a filter that is a number', { filter: '5' }, 'filter-wrong'],
  ['a filter of brackets', { filter: '['.repeat(20_000) }, 'filter-wrong'],
  ['a filter over what is not', { filter: '{"__proto__": {"a": 1}}' }, 'filter-wrong'],
  ['an order that is none', { ordering: 'sideways' }, 'ordering-wrong'],
  ['a form that is none', { format: 'xml' }, 'format-wrong'],
  ['a rate that is no number', { max_per_second: '1e9' }, 'max_per_second-wrong'],
  ['a rate past the highest', { max_per_second: '999999999' }, 'max_per_second-wrong'],
  ['a version that there is not', { schema_version: '999' }, 'schema_version-wrong'],
];

/** What the forms of a subscription refuse, each at its field: what is wrong, from elsewhere, or another account’s. */
export async function refuseSubscriptionForms({ stand, page }: On): Promise<void> {
  const { id } = await subscribe(stand);
  const other = await stand.hub.account();
  const theirs = (await subscribe(stand, { event_types: ['booking.*'] }, other.token)).id;
  const base = `${stand.hub.origin}/portal/subscriptions`;
  await page.goto(`${base}/${id}/change`);
  const hidden = (name: string) => page.locator(`form input[name=${name}]`).last().inputValue();
  const [form_key, version] = [await hidden('form_key'), await hidden('version')];
  const post = async (path: string, form: Record<string, string>) => {
    const headers = { origin: stand.hub.origin };
    const answer = await page.request.post(base + path, { form, headers, maxRedirects: 0 });
    return [answer.status(), await answer.text()] as const;
  };
  const whole = {
    form_key,
    version,
    url: `${stand.sinks.good.origin}/other`,
    types: 'booking.*',
    ordering: 'none',
    format: 'standard',
    signature: 'v1',
  };
  for (const [what, over, words] of wrongWishes)
    for (const path of ['/new', `/${id}/change`]) {
      const [status, text] = await post(path, { ...whole, ...over });
      expect([status, text.includes(words)], `${path}: ${what}: ${words}`).toEqual([422, true]);
    }
  for (const seen of ['', '"0"', 'x'.repeat(5_000)])
    expect((await post(`/${id}/change`, { ...whole, version: seen }))[0]).toBe(412);
  for (const form of [
    {},
    { only: 'all' },
    { only: 'x', hours: '24' },
    { only: 'all', hours: '-1' },
    { only: 'all', hours: long },
  ])
    expect((await post(`/${id}/replay`, { form_key, ...form }))[0]).toBe(422);
  for (const overlap of ['', '5', long])
    expect((await post(`/${id}/rotate`, { form_key, overlap }))[0]).toBe(422);

  const right = { ...whole, overlap: '0', only: 'all', hours: '24' };
  for (const what of ['change', 'test', 'pause', 'resume', 'rotate', 'replay', 'delete'])
    for (const [one, form, status] of [
      [id, { ...right, form_key: 'x' }, 403],
      [id, { ...right, form_key: '' }, 403],
      [id, { ...right, description: 'x'.repeat(70_000) }, 413],
      [theirs, right, 404],
      ['sub_none', right, 404],
      ['x'.repeat(2_000), right, 404],
      ['%00', right, 400],
    ] as const)
      expect((await post(`/${one}/${what}`, form))[0], `${what} of ${one.slice(0, 9)}`).toBe(status);
  const { body } = await stand.hub.call('GET', `/v1/subscriptions/${id}`, stand.account.token);
  expect(body).toMatchObject({ description: 'Ledger', state: 'active', event_types: ['booking.*', '*'] });
  await stand.hub.call('DELETE', `/v1/subscriptions/${id}`, stand.account.token);
}
