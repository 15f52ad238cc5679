import { runInNewContext } from 'node:vm';
import type { Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { expect } from 'vitest';
import { createPersonalToken } from '../../src/access/index.ts';
import { type Sender, sendSigned } from '../intents/signed.ts';
import { wish } from '../intents/wishes.ts';
import { look, type Stand } from './stand.ts';

type On = { stand: Stand; page: Page };

const send = async ({ hub }: Stand, sender: Pick<Sender, 'url' | 'secret'>) =>
  (await sendSigned(hub, sender, wish())).status;

/** A brand’s tool is let to ask for RFPs, by the pages alone. */
export async function proveToolMayAsk({ stand, page }: On): Promise<void> {
  const heading = () => page.getByRole('heading', { level: 1 }).textContent();
  const secretShown = async () => (await page.locator('.secret code').textContent()) ?? '';
  await page.getByRole('link', { name: 'Connections', exact: true }).click();
  await page.getByRole('link', { name: 'RFP senders' }).click();
  await page.getByText('No senders yet').waitFor();
  expect(await look(page, 'senders-none')).toEqual([]);
  await page.getByLabel('What sends?').fill('x'.repeat(101));
  await page.getByRole('button', { name: 'Make the sender' }).click();
  await expect.poll(() => page.getByRole('alert').textContent()).toContain('At most 100 letters.');
  expect(await page.getByLabel('What sends?').inputValue()).toHaveLength(101);
  await page.getByLabel('What sends?').fill('Procurement tool');
  await page.getByRole('button', { name: 'Make the sender' }).click();
  await expect.poll(heading).toBe('Procurement tool');
  expect(await look(page, 'sender-made')).toEqual([]);
  const made = { url: await page.locator('#posts + p code').textContent(), secret: await secretShown() };
  const said = await runExample((await page.locator('pre').textContent()) ?? '', made.secret);
  expect(said[0]).toBe(202);

  await page.getByRole('link', { name: 'I have it' }).click();
  const row = page.getByRole('row', { name: 'Procurement tool' });
  await expect.poll(() => row.textContent()).toMatch(/made .* by Ana Luna.*active/s);
  expect(await page.content()).not.toContain(made.secret);
  const url = made.url ?? '';
  await page.getByRole('button', { name: 'Copy the address of Procurement tool' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(url);

  await page.getByRole('link', { name: 'New secret for Procurement tool' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('now: it has leaked').click();
  await dialog.getByRole('button', { name: 'Make a new secret' }).click();
  await expect.poll(heading).toBe('The new secret of Procurement tool');
  const next = { url, secret: await secretShown() };
  expect([await send(stand, { url, secret: made.secret }), await send(stand, next)]).toEqual([401, 202]);
  await page.getByRole('link', { name: 'I have it' }).click();
  await page.getByRole('link', { name: 'End it (Procurement tool)' }).click();
  await expect.poll(() => dialog.textContent()).toContain('refused from that moment');
  expect(await look(page, 'sender-end')).toEqual([]);
  await dialog.getByRole('button', { name: 'End it for good' }).click();
  await expect.poll(heading).toBe('Ended');
  expect(await send(stand, next)).toBe(401);
  await page.locator('.crumb').getByRole('link').click();
  await expect.poll(() => row.textContent()).toContain('ended');
  expect(stand.hub.log.lines.join()).not.toContain(made.secret);
}

/** What its forms refuse: what is wrong, what is from elsewhere, what is another account’s. */
export async function refuseSenderForms({ stand, page }: On): Promise<void> {
  const senders = `${stand.hub.origin}/portal/rfp-senders`;
  await page.goto(senders);
  const form_key = await page.locator('form input[name=form_key]').last().inputValue();
  const post = async (path: string, fields: Record<string, string>, origin = stand.hub.origin) => {
    const form = { form_key, ...fields };
    const answer = await page.request.post(senders + path, { form, headers: { origin }, maxRedirects: 0 });
    return [answer.status(), await answer.text()] as const;
  };
  const refused = async (asked: ReturnType<typeof post>, status: number, words: string | RegExp) => {
    const [got, text] = await asked;
    expect([got, text]).toEqual([status, expect.stringMatching(words)]);
  };
  await refused(post('', { label: ' ' }), 422, 'Give it a name.');
  const token = stand.account.token;
  const [status, text] = await post('', { label: `Kiosk ${token}` });
  expect([status, text.includes('A token is no name.'), text.includes(token)]).toEqual([422, true, false]);
  await refused(post('', { label: 'Kiosk', form_key: 'x' }), 403, 'Nothing was done');
  expect((await post('', { label: 'Kiosk' }, 'https://elsewhere.example'))[0]).toBe(403);
  expect(await page.request.get(senders).then((answer) => answer.text())).not.toContain('Kiosk');

  expect((await post('', { label: 'Kiosk' }))[0]).toBe(201);
  await page.goto(senders);
  const id = /sender=(tok_\w+)/.exec(await page.content())?.[1];
  await refused(post(`/${id}/rotate`, { overlap: '5' }), 422, 'Say when the old secret ends.');
  await refused(post(`/${id}/end`, { reason: 'boredom' }), 422, 'Say why it ends.');
  const rotate = () => post(`/${id}/rotate`, { overlap: '604800' });
  expect([(await rotate())[0], (await rotate())[0]]).toEqual([200, 200]);
  const [full, again] = await rotate();
  expect([full, again]).toEqual([422, expect.stringContaining('3 secrets are right already.')]);
  expect(again).toMatch(/value="604800" checked/);

  expect((await page.request.get(`${senders}/tok_%00/end`)).status()).toBe(400);

  const { id: tokenId, token: maker } = await createPersonalToken(stand.hub.hub, 'test', {
    label: 'Robot',
    env: 'live',
    scopes: ['rfps:create'],
    accountId: stand.account.id,
  });
  await stand.hub.call('POST', '/v1/rfps/senders', maker, { label: 'Robot’s' });
  await page.goto(senders);
  expect(await page.getByRole('row', { name: 'Robot’s' }).textContent()).toContain('by the token “Robot”');
  await page.goto(`${stand.hub.origin}/portal/tokens/${tokenId}/revoke`);
  await page.getByText('With it ends what it made: Robot’s (RFP sender).').waitFor();

  const other = await stand.hub.account(['rfps:create']);
  const made = await stand.hub.call('POST', '/v1/rfps/senders', other.token, { label: 'Theirs' });
  const theirs = made.body as Sender;
  expect(await page.request.get(senders).then((answer) => answer.text())).not.toContain('Theirs');
  for (const what of ['rotate', 'end']) {
    expect((await page.request.get(`${senders}/${theirs.id}/${what}`)).status()).toBe(404);
    expect((await post(`/${theirs.id}/${what}`, { overlap: '0', reason: 'leaked' }))[0]).toBe(404);
  }
  expect(await send(stand, theirs)).toBe(202);
}

/** What the page shows is run as it stands; the answer is what it prints. */
async function runExample(text: string, secret: string): Promise<unknown[]> {
  const said: unknown[] = [];
  const code = text.replace(/^import .*$/m, '');
  const process = { env: { RFP_SENDER_SECRET: secret } };
  const console = { log: (...words: unknown[]) => void said.push(...words) };
  const names = { Webhook, Date, crypto, fetch, process, console };
  await (runInNewContext(`(async () => {${code}\n})()`, names) as Promise<void>);
  return said;
}
