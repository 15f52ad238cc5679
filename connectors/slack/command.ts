import type { InboundHub } from '#kit';
import { unmuteRow } from './buttons.ts';
import { durationWords, readDuration } from './duration.ts';
import { type Data, text } from './read.ts';
import type { Answer } from './receive.ts';
import { fitting, plain } from './text.ts';
import { type Asker, mayMute, type Seat, seatsFor } from './who.ts';

const help = [
  '`/patchbay status`: what is sent to this channel, and whether it arrives',
  '`/patchbay mute 2h`: hold messages back for a while (`30m`, `2h`, `1d`; without a time, until `unmute`)',
  '`/patchbay unmute`: send again, with what was held back',
  '`/patchbay test`: send a test message',
].join('\n');

/** `/patchbay …`. The answer is the response itself. */
export async function answerCommand(body: Data, hub: InboundHub): Promise<Answer> {
  const asker = askerOf(body);
  const trigger = text(body, 'trigger_id');
  if (asker.team === '' || asker.user === '' || trigger === undefined) return null;
  const [verb = '', ...rest] = (text(body, 'text') ?? 'help').trim().split(/\s+/);
  const ran = runs[verb.toLowerCase()];
  if (!ran) return whisper(help);
  const seats = await seatsFor(hub, asker);
  if (seats.length === 0)
    return whisper('Patchbay sends nothing to this channel, and you have not connected it.');
  // Slack does not send a command twice; whoever recorded one and plays it again gets nothing done.
  if (!(await hub.once(`command ${trigger}`))) return null;
  return ran(seats, rest.join(' '), asker);
}

type Run = (seats: readonly Seat[], argument: string, asker: Asker) => Promise<Answer>;

const runs: Readonly<Record<string, Run>> = {
  status: async (seats) => whisper(seats.map(statusOf).join('\n\n')),
  mute: async (seats, argument, asker) => {
    const forMs = readDuration(argument);
    if (forMs === undefined)
      return whisper('For how long? `30m`, `2h` or `1d`, thirty days at most; or nothing at all.');
    const may = seats.filter(mayMute);
    if (may.length === 0) return whisper(elsewhere(seats));
    for (const { desk } of may) await desk.mute(forMs);
    return announce(muted(asker.user, forMs), may, true);
  },
  unmute: async (seats, _argument, asker) => {
    const may = seats.filter(mayMute);
    if (may.length === 0) return whisper(elsewhere(seats));
    for (const { desk } of may) await desk.unmute();
    return announce(unmuted(asker.user), may, false);
  },
  test: async (seats) => {
    const may = seats.filter(mayMute);
    if (may.length === 0) return whisper(elsewhere(seats));
    const sent = await Promise.all(may.map(({ desk }) => desk.test()));
    const count = sent.reduce((sum, one) => sum + one.sent, 0);
    return whisper(
      count === 0
        ? 'There is no subscription that could send a test.'
        : `On its way: ${count} test ${count === 1 ? 'message' : 'messages'}.`,
    );
  },
};

export const muted = (user: string, forMs: number | null): string =>
  `<@${user}> muted Patchbay ${forMs === null ? 'until somebody unmutes it' : `for ${durationWords(forMs)}`}. What comes meanwhile is held back, not lost.`;
export const unmuted = (user: string): string => `<@${user}> unmuted Patchbay.`;

/** Seen by the channel where it is about the channel; by the one who asked where it is not. */
function announce(said: string, seats: readonly Seat[], canUnmute: boolean): Answer {
  if (!seats.some(({ isHere }) => isHere)) return whisper(said);
  const [first] = seats;
  return {
    response_type: 'in_channel',
    text: said,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: said } },
      ...(canUnmute && first ? [unmuteRow(first.desk.connectionId)] : []),
    ],
  };
}

export const whisper = (said: string): Data => ({ response_type: 'ephemeral', text: said });

function statusOf({ desk, state, subscriptions }: Seat): string {
  const name = text(desk.facts, 'team.name');
  const lines = subscriptions.map(
    ({ eventTypes, state: of, description, channel }) =>
      `• ${plain(eventTypes.join(', '), 120)}${channel ? ` to <#${plain(channel, 30)}>` : ''}: ${plain(of, 30)}${description ? ` (${plain(description, 80)})` : ''}`,
  );
  return [
    `*${name ? plain(name) : 'Slack'}*: ${plain(state, 40)}`,
    fitting(lines, 2500, 20) || 'No subscription sends here yet.',
  ].join('\n');
}

function elsewhere(seats: readonly Seat[]): string {
  const who = seats.map(({ desk }) => text(desk.facts, 'connectedBy')).find(Boolean);
  return `This connection posts into other channels too, so only ${who ? `<@${plain(who, 30)}>` : 'who connected it'} can do that here. In Patchbay its account can.`;
}

const askerOf = (body: Data): Asker => ({
  team: text(body, 'team_id') ?? '',
  channel: text(body, 'channel_id') ?? '',
  user: slackId(text(body, 'user_id')),
});

/** It is put into a mention, so it is an id and nothing else. */
export const slackId = (id: string | undefined): string => (id && /^[A-Z0-9]{2,30}$/.test(id) ? id : '');
