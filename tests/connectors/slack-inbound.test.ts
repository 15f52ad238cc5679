import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { connector } from '#connectors/slack';
import { command, type Given, happened, press, signed, signingSecret, slackDesks } from './slack-desk.ts';
import { startedAt } from './slack-hub.ts';

const receive = connector.receive!;
const hourMs = 3_600_000;
const here: Given = {};
/** With `chat:write`: its channels are those of its subscriptions. */
const current: Given = { facts: { channel: undefined }, channels: ['C0BOOKINGS', 'C0RFPS'] };

async function send(body: string, given?: readonly Given[]) {
  const { hub, done } = slackDesks(given);
  const reply = await receive(await signed(body), hub);
  expect(reply.status).toBe(200);
  const text = await reply.text();
  return { done, said: text === '' ? null : JSON.parse(text), hub };
}
const fetched = (done: unknown[]) => (done.find((act: any) => act[1] === 'fetch') as any)?.[4];

describe('/patchbay', () => {
  it('help, and nothing said, and something not understood', async () => {
    for (const text of ['help', '', 'dance'])
      expect((await send(command(text), [here])).said).toMatchObject({
        response_type: 'ephemeral',
        text: expect.stringContaining('/patchbay mute 2h'),
      });
  });

  it('status tells the channel what comes into it, and escapes what people have written', async () => {
    const { said, done } = await send(command('status'), [here]);
    expect(said.response_type).toBe('ephemeral');
    expect(said.text).toBe(
      '*Bayou City Denim*: active\n• booking.*, rfp.* to <#C0BOOKINGS>: active (for &lt;the&gt; team)',
    );
    expect(done).toEqual([]);
  });

  it.each([
    ['mute', null, 'until somebody unmutes it'],
    ['mute 30m', 30 * 60_000, 'for 30 minutes'],
    ['MUTE 2 hours', 2 * hourMs, 'for 2 hours'],
    ['mute 1d', 24 * hourMs, 'for 1 day'],
  ])('%s holds back, and says aloud who did it', async (text, forMs, words) => {
    const { said, done } = await send(command(text, { user_id: 'U0GUEST' }), [here]);
    expect(done).toEqual([['con_conformance', 'mute', forMs]]);
    expect(said.response_type).toBe('in_channel');
    expect(said.text).toContain(`<@U0GUEST> muted Patchbay ${words}`);
    expect(said.blocks.at(-1).elements[0].action_id).toBe('patchbay_unmute');
  });

  it.each(['mute 0h', 'mute 31d', 'mute -1h', 'mute tomorrow', 'mute 99999999999h'])(
    '%s asks for how long',
    async (text) => {
      const { said, done } = await send(command(text), [here]);
      expect(done).toEqual([]);
      expect(said).toMatchObject({
        response_type: 'ephemeral',
        text: expect.stringContaining('For how long?'),
      });
    },
  );

  it('unmute and test', async () => {
    expect((await send(command('unmute'), [here])).done).toEqual([['con_conformance', 'unmute']]);
    const { said, done } = await send(command('test'), [here]);
    expect(done).toEqual([['con_conformance', 'test']]);
    expect(said.text).toBe('On its way: 1 test message.');
  });

  it('is about the channel in which it was asked, and about nobody else’s', async () => {
    const other: Given = { id: 'con_other', facts: { channel: { id: 'C0OTHER' }, connectedBy: 'U0OTHER' } };
    expect((await send(command('mute'), [other, here])).done).toEqual([['con_conformance', 'mute', null]]);
    const { said, done } = await send(command('status', { channel_id: 'C0NOWHERE', user_id: 'U0GUEST' }), [
      other,
      here,
    ]);
    expect(done).toEqual([]);
    expect(said.text).toContain('sends nothing to this channel');
    expect(JSON.stringify(said)).not.toContain('booking.*');
  });

  it('what goes into other channels too is left to whoever connected it', async () => {
    for (const text of ['mute', 'unmute', 'test']) {
      const { said, done } = await send(command(text, { user_id: 'U0GUEST' }), [current]);
      expect(done).toEqual([]);
      expect(said).toMatchObject({
        response_type: 'ephemeral',
        text: expect.stringContaining('only <@U0LINH>'),
      });
    }
    expect((await send(command('mute'), [current])).done).toHaveLength(1);
    const elsewhere = await send(command('mute', { channel_id: 'D0MYSELF' }), [current]);
    expect(elsewhere.done).toHaveLength(1);
    expect(elsewhere.said.response_type).toBe('ephemeral');
  });

  it('another workspace has no say', async () => {
    const { said, done } = await send(command('mute', { team_id: 'T0STRANGERS' }), [here]);
    expect(done).toEqual([]);
    expect(said.text).toContain('sends nothing to this channel');
  });

  it('a name that is no id is never put into a mention', async () => {
    expect((await send(command('mute', { user_id: 'U1> <!channel' }), [here])).done).toEqual([]);
  });

  it('played again, it does nothing', async () => {
    const { hub, done } = slackDesks([here]);
    const body = command('test');
    for (let time = 0; time < 2; time += 1) await receive(await signed(body), hub);
    expect(done).toEqual([['con_conformance', 'test']]);
  });
});

describe('buttons', () => {
  it('"Mute" holds back for an hour, and the channel is told by whom', async () => {
    const { done } = await send(press('patchbay_mute', String(hourMs)), [here]);
    expect(done[0]).toEqual(['con_conformance', 'mute', hourMs]);
    expect(done[1]).toMatchObject([
      'con_conformance',
      'fetch',
      'https://hooks.slack.com/actions/T0PATCHBAY/1/fake',
      'none',
      {},
    ]);
    expect(fetched(done)).toMatchObject({
      response_type: 'in_channel',
      replace_original: false,
      text: expect.stringContaining('<@U0LINH> muted Patchbay for 1 hour'),
    });
    expect((await send(press('patchbay_unmute', ''), [here])).done[0]).toEqual(['con_conformance', 'unmute']);
  });

  it.each(['accept', 'decline'] as const)(
    '"%s" asks the marketplace, once for each message',
    async (response) => {
      const value = JSON.stringify({ subject: 'bookings/bkg_1', who: 'person' });
      const { done } = await send(press(`patchbay_${response}`, value), [here]);
      expect(done[0]).toEqual([
        'con_conformance',
        'ask',
        {
          kind: 'booking.respond',
          key: `C0BOOKINGS/1795348800.000001/${response}`,
          subject: 'bookings/bkg_1',
          response,
        },
      ]);
      expect(fetched(done)).toMatchObject({
        response_type: 'in_channel',
        text: expect.stringMatching(/^<@U0LINH> (accepted|declined)/),
      });
    },
  );

  it('who may answer is what the account chose', async () => {
    const other = { user: { id: 'U0GUEST', team_id: 'T0PATCHBAY' } };
    const person = JSON.stringify({ subject: 'bookings/bkg_1', who: 'person' });
    const refused = await send(press('patchbay_accept', person, other), [here]);
    expect(refused.done.map((act: any) => act[1])).toEqual(['fetch']);
    expect(fetched(refused.done)).toMatchObject({
      response_type: 'ephemeral',
      text: expect.stringContaining('Only who connected'),
    });
    const channel = JSON.stringify({ subject: 'bookings/bkg_1', who: 'channel' });
    expect((await send(press('patchbay_accept', channel, other), [here])).done[0]).toMatchObject([
      'con_conformance',
      'ask',
      {},
    ]);
  });

  it.each([
    ['known', 'given already'],
    ['off', 'switched off'],
    ['refused', 'does not take this answer'],
  ] as const)('an answer that is %s is told to the one who pressed', async (answer, words) => {
    const value = JSON.stringify({ subject: 'bookings/bkg_1', who: 'channel' });
    const { done } = await send(press('patchbay_accept', value), [{ answer }]);
    expect(fetched(done)).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining(words) });
  });

  it('guests of a shared channel, other workspaces and other connections have no say', async () => {
    const value = JSON.stringify({ subject: 'bookings/bkg_1', who: 'channel' });
    const guest = await send(
      press('patchbay_accept', value, { user: { id: 'U9', team_id: 'T0STRANGERS' } }),
      [here],
    );
    expect(guest.done.map((act: any) => act[1])).toEqual(['fetch']);
    const strangers = { team: { id: 'T0STRANGERS' }, user: { id: 'U9', team_id: 'T0STRANGERS' } };
    expect((await send(press('patchbay_accept', value, strangers), [here])).done).toEqual([]);
    const another = { actions: [{ action_id: 'patchbay_mute', block_id: 'con_another:1', value: '1000' }] };
    expect((await send(press('', '', another), [here])).done).toEqual([]);
  });

  it('what could not be written down is told to the one who pressed', async () => {
    const { hub, done } = slackDesks([{ fails: ['mute'] }]);
    const body = await signed(press('patchbay_mute', '1000'));
    await expect(receive(body, hub)).rejects.toThrow('the store is away');
    expect(fetched(done)).toMatchObject({
      response_type: 'ephemeral',
      text: expect.stringContaining('Try again'),
    });
  });

  it('"Open" is a link, and nothing is done', async () => {
    expect((await send(press('patchbay_open', ''), [here])).done).toEqual([]);
  });

  it('nothing is said to an address that is not Slack’s', async () => {
    for (const url of [
      'https://attacker.example/',
      'http://hooks.slack.com/x',
      'https://hooks.slack.com.attacker.example/',
    ])
      expect((await send(press('patchbay_mute', '1000', { response_url: url }), [here])).done).toEqual([
        ['con_conformance', 'mute', 1000],
      ]);
  });

  it('what it cannot read does nothing and breaks nothing', async () => {
    for (const value of ['', '{', '[]', '{"subject":1}', 'null', '-1', 'NaN'])
      for (const action of ['patchbay_accept', 'patchbay_mute', 'zz'])
        expect(
          (await send(press(action, value), [here])).done.filter((act: any) => act[1] !== 'fetch'),
        ).toEqual([]);
  });
});

describe('the end of a connection', () => {
  it('the app was removed, or its token revoked: each connection of that workspace', async () => {
    const two: Given[] = [{ id: 'con_1' }, { id: 'con_2' }];
    expect((await send(happened({ type: 'app_uninstalled' }), two)).done).toEqual([
      ['con_1', 'disconnected', 'app_uninstalled'],
      ['con_2', 'disconnected', 'app_uninstalled'],
    ]);
    const revoked = { type: 'tokens_revoked', tokens: { oauth: ['U1'], bot: ['U0PATCHBAY'] } };
    expect((await send(happened(revoked), two)).done).toHaveLength(2);
  });

  it('a person’s own token, another workspace, another event: nothing', async () => {
    const own = { type: 'tokens_revoked', tokens: { oauth: ['U1'], bot: [] } };
    for (const body of [
      happened(own),
      happened({ type: 'app_uninstalled' }, { team_id: 'T0STRANGERS' }),
      happened({ type: 'message', text: 'hello' }),
      happened(null),
    ])
      expect((await send(body, [here])).done).toEqual([]);
  });

  it('where it could not be written down, Slack is to tell again', async () => {
    const { hub } = slackDesks([{ fails: ['disconnected'] }]);
    await expect(receive(await signed(happened({ type: 'app_uninstalled' })), hub)).rejects.toThrow(
      'the store is away',
    );
  });

  it('Slack’s own description of an event fits what is read', () => {
    const schema = JSON.parse(
      readFileSync(join(import.meta.dirname, '../vendor-specs/slack-event-wrapper.schema.json'), 'utf8'),
    );
    const sample = JSON.parse(
      happened({ type: 'app_uninstalled', event_ts: '1' }, { token: 'fake', authed_users: ['U1'] }),
    );
    const validate = new Ajv({ strict: false }).compile(schema);
    expect(validate(sample) ? [] : validate.errors).toEqual([]);
  });
});

describe('what is no message of Slack’s', () => {
  it.each(['', 'null', '[]', '"text"', '{"type":', 'payload=%7B', 'payload=null'])(
    '%s is refused, or ignored',
    async (body) => {
      const { hub, done } = slackDesks([here]);
      const reply = await receive(await signed(body), hub);
      expect([200, 400]).toContain(reply.status);
      expect(done).toEqual([]);
    },
  );

  it('five minutes, either way', async () => {
    const body = command('status');
    const at = (seconds: number) => new Date(startedAt.getTime() + seconds * 1_000);
    for (const [seconds, isTaken] of [
      [-299, true],
      [-301, false],
      [299, true],
      [301, false],
    ] as const)
      expect((await connector.verify!(await signed(body, at(seconds)), signingSecret, startedAt)).ok).toBe(
        isTaken,
      );
  });
});
