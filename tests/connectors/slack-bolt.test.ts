/** Slack's framework on Node and our own way on Workers: to the same signed request the same answer, and the same done. */
import { isValidSlackRequest } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { connector } from '#connectors/slack';
import type { Log } from '#src/ports';
import { receiveByBolt } from '../../src/node-slack.ts';
import { conformance } from '../../connectors/slack/conformance.ts';
import { command, type Given, happened, press, signed, signingSecret, slackDesks } from './slack-desk.ts';
import { startedAt } from './slack-hub.ts';

const warnings: unknown[] = [];
const log: Log = {
  info: () => {},
  warn: (...said) => void warnings.push(said),
  error: (...said) => void warnings.push(said),
};
const bolt = receiveByBolt(log);
const value = JSON.stringify({ subject: 'bookings/bkg_1', who: 'channel' });

const bodies: [name: string, body: string, given?: Given[]][] = [
  ...conformance.inbound!.bodies.map(({ name, body }): [string, string] => [name, body]),
  ['help', command('help')],
  ['mute without an end', command('mute')],
  ['a command of nobody', command('mute', { team_id: 'T0STRANGERS' })],
  [
    'a command about several channels',
    command('mute', { user_id: 'U0GUEST' }),
    [{ channels: ['C0BOOKINGS', 'C0RFPS'] }],
  ],
  ['unmute', press('patchbay_unmute', '')],
  ['open', press('patchbay_open', '')],
  ['a button of another app', press('zz', '')],
  ['accept, switched off', press('patchbay_accept', value), [{ answer: 'off' }]],
  ['accept, as a guest', press('patchbay_accept', value, { user: { id: 'U9', team_id: 'T9' } })],
  ['no action', press('', '', { actions: [] })],
  [
    'an event that it did not ask for',
    happened({ type: 'message', channel: 'C1', text: 'hello', user: 'U1' }),
  ],
  ['an event without one', happened(null)],
  ['a person’s token', happened({ type: 'tokens_revoked', tokens: { oauth: ['U1'], bot: [] } })],
  [
    'a shortcut',
    new URLSearchParams({
      payload: JSON.stringify({
        type: 'shortcut',
        callback_id: 'x',
        team: { id: 'T0PATCHBAY' },
        user: { id: 'U1' },
      }),
    }).toString(),
  ],
  [
    'a form of another kind',
    new URLSearchParams({
      payload: JSON.stringify({
        type: 'view_submission',
        team: { id: 'T0PATCHBAY' },
        user: { id: 'U1' },
        view: { callback_id: 'x' },
      }),
    }).toString(),
  ],
  ['ssl_check', 'ssl_check=1&token=fake'],
  ['nonsense', '{"type":'],
  ['nothing', ''],
];

async function both(body: string, given?: Given[]) {
  const answers = [];
  for (const receive of [connector.receive!, bolt]) {
    const { hub, done } = slackDesks(given);
    const received = await signed(body);
    const reply = await receive(received, hub).catch((error: Error) => error);
    answers.push(
      reply instanceof Error
        ? { error: reply.message, done }
        : { status: reply.status, type: reply.headers.get('content-type'), text: await reply.text(), done },
    );
  }
  return answers;
}

describe('Bolt on Node and the same handlers on Workers', () => {
  it.each(bodies)('%s', async (_name, body, given) => {
    const [ours, theirs] = await both(body, given);
    expect(theirs).toEqual(ours);
  });

  it('something is done by both', async () => {
    const [ours, theirs] = await both(command('mute 2h'));
    expect(ours!.done).toEqual([['con_conformance', 'mute', 7_200_000]]);
    expect(theirs!.done).toEqual(ours!.done);
  });

  it.each([
    ['an event', happened({ type: 'app_uninstalled' })],
    ['a command', command('mute')],
    ['a button', press('patchbay_mute', '1000')],
  ])('what fails fails alike, so that Slack tells it again: %s', async (_name, body) => {
    const [ours, theirs] = await both(body, [{ fails: ['mute', 'disconnected'] }]);
    expect(ours).toMatchObject({ error: 'the store is away' });
    expect(theirs).toEqual(ours);
  });

  it('requests at the same time keep to their own hub', async () => {
    const many = Array.from({ length: 20 }, (_, index) => ({
      index,
      ...slackDesks([{ id: `con_${index}` }]),
    }));
    await Promise.all(many.map(async ({ hub }) => bolt(await signed(command('test')), hub)));
    for (const { index, done } of many) expect(done).toEqual([[`con_${index}`, 'test']]);
  });

  it('nothing of a message, and no secret, is logged', () => {
    const said = JSON.stringify(warnings);
    for (const secret of [signingSecret, 'bkg_1', 'T0PATCHBAY', 'U0LINH', 'hooks.slack.com'])
      expect(said).not.toContain(secret);
  });
});

describe('the signature', () => {
  // Bolt reads the clock of the machine.
  const now = new Date();
  const flip = (text: string) => text.replace(/.$/, (last) => (last === '0' ? '1' : '0'));

  it('is judged as Bolt judges it', async () => {
    for (const [, body] of bodies)
      for (const [secret, seconds, change] of [
        [signingSecret, 0, null],
        [signingSecret, -200, null],
        [signingSecret, -400, null],
        ['another', 0, null],
        [signingSecret, 0, 'signature'],
        [signingSecret, 0, 'version'],
      ] as const) {
        const received = await signed(body, new Date(now.getTime() + seconds * 1_000), secret);
        const signature = received.headers.get('x-slack-signature')!;
        if (change === 'signature') received.headers.set('x-slack-signature', flip(signature));
        if (change === 'version') received.headers.set('x-slack-signature', signature.replace('v0', 'v1'));
        const theirs = isValidSlackRequest({
          signingSecret,
          body,
          headers: {
            'x-slack-signature': received.headers.get('x-slack-signature')!,
            'x-slack-request-timestamp': Number(received.headers.get('x-slack-request-timestamp')),
          },
        });
        expect((await connector.verify!(received, signingSecret, now)).ok).toBe(theirs);
      }
  });

  it('from the future is refused, which Bolt does not do', async () => {
    const received = await signed(command('status'), new Date(startedAt.getTime() + 301_000));
    expect((await connector.verify!(received, signingSecret, startedAt)).ok).toBe(false);
  });
});
