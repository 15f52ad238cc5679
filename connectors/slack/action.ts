import { type Desk, type InboundHub, NoAnswer } from '#kit';
import { actions, connectionOf, unmuteRow } from './buttons.ts';
import { muted, slackId, unmuted, whisper } from './command.ts';
import { type Data, isData, list, text } from './read.ts';
import type { Answer } from './receive.ts';
import { type Asker, isConnector, mayMute, seatOf } from './who.ts';

/** A button was pressed. Slack shows nothing of the response itself; what is said goes to `response_url`. */
export async function answerAction(body: Data, hub: InboundHub): Promise<Answer> {
  const [pressed] = list(body, 'actions').filter(isData);
  const [asker, trigger] = [askerOf(body), text(body, 'trigger_id')];
  const act = acts[(pressed && text(pressed, 'action_id')) ?? ''];
  if (!pressed || !act || !trigger || asker.team === '' || asker.user === '') return null;
  const connection = connectionOf(text(pressed, 'block_id') ?? '');
  const desks = await hub.ofAccount(asker.team);
  const desk = desks.find(({ connectionId }) => connectionId === connection);
  if (!desk || !(await hub.once(`action ${trigger}`))) return null;
  const url = text(body, 'response_url');
  if (text(body, 'user.team_id') !== asker.team) {
    await say(desk, url, whisper('Only people of this workspace can do that.'));
    return null;
  }
  const ts = text(body, 'container.message_ts') ?? '';
  const said = await act({ desk, asker, pressed, ts }).catch(async (error: unknown) => {
    // Slack does not send it again by itself: whoever pressed has to.
    await say(desk, url, whisper('That did not get through. Try again in a minute.'));
    throw error;
  });
  await say(desk, url, said);
  return null;
}

type Press = { desk: Desk; asker: Asker; pressed: Data; ts: string };
type Act = (press: Press) => Promise<Data>;

const acts: Readonly<Record<string, Act>> = {
  // "Open" is a link: Slack tells us, and there is nothing to do.
  [actions.mute]: async ({ desk, asker, pressed }) => {
    if (!mayMute(await seatOf(desk, asker))) return whisper(notHere);
    const forMs = Number(text(pressed, 'value'));
    if (!Number.isSafeInteger(forMs) || forMs <= 0) return whisper('Try `/patchbay mute 1h`.');
    await desk.mute(forMs);
    return aloud(muted(asker.user, forMs), unmuteRow(desk.connectionId));
  },
  [actions.unmute]: async ({ desk, asker }) => {
    if (!mayMute(await seatOf(desk, asker))) return whisper(notHere);
    await desk.unmute();
    return aloud(unmuted(asker.user));
  },
  [actions.accept]: (press) => respond(press, 'accept'),
  [actions.decline]: (press) => respond(press, 'decline'),
};

const notHere =
  'This connection posts into other channels too: mute it in Patchbay, or ask whoever connected it.';

/** The marketplace decides; what it decides comes back as an event, and changes the message. */
async function respond({ desk, asker, pressed, ts }: Press, response: 'accept' | 'decline'): Promise<Data> {
  const asked = askedOf(text(pressed, 'value'));
  if (!asked || ts === '')
    return whisper('This button is from an older message. Open the booking in Patchbay.');
  if (asked.who !== 'channel' && !isConnector(desk, asker.user))
    return whisper('Only who connected Slack to Patchbay can answer for this account.');
  // One message, one answer of each kind, however often and by however many it is pressed.
  const key = `${asker.channel}/${ts}/${response}`;
  const result = await desk.ask({ kind: 'booking.respond', key, subject: asked.subject, response });
  switch (result) {
    case 'recorded':
      return aloud(
        `<@${asker.user}> ${response === 'accept' ? 'accepted' : 'declined'} this booking. The marketplace has been told.`,
      );
    case 'known':
      return whisper('That answer was given already.');
    case 'off':
      return whisper('Answers from Slack are switched off for this account. Open the booking in Patchbay.');
    case 'refused':
      return whisper('The marketplace does not take this answer. Open the booking in Patchbay.');
    default:
      return result satisfies never;
  }
}

/** As `buttons.ts` wrote it. */
function askedOf(value: string | undefined): { subject: string; who: string } | null {
  try {
    const read: unknown = JSON.parse(value ?? '');
    const [subject, who] = isData(read) ? [text(read, 'subject'), text(read, 'who')] : [];
    return subject && who ? { subject, who } : null;
  } catch {
    return null;
  }
}

const aloud = (said: string, ...rows: readonly Data[]): Data => ({
  response_type: 'in_channel',
  text: said,
  blocks: [{ type: 'section', text: { type: 'mrkdwn', text: said } }, ...rows],
});

/** What was done is done: a word that does not get through is no reason to do it again. */
async function say(desk: Desk, url: string | undefined, message: Data): Promise<void> {
  if (!url?.startsWith('https://hooks.slack.com/')) return;
  try {
    await desk.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ replace_original: false, ...message }),
      credential: 'none',
    });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
  }
}

const askerOf = (body: Data): Asker => ({
  team: text(body, 'team.id') ?? '',
  channel: text(body, 'channel.id') ?? '',
  user: slackId(text(body, 'user.id')),
});
