import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { findSender, revokeSender, rotateSender, type ShownSender, showSender } from '#src/intents';
import { Crumb, Question, When, type Wrong, wrongOf, WrongSummary } from '#src/ui';
import { deed, page, type Portal, type Shown } from './door.tsx';
import { receiptPath, senderPath, sendersPath } from './paths.ts';
import { reasonOf } from './revoking.ts';
import { OldOneEnds, overlapMsOf } from './rotating.tsx';
import { SenderSecret } from './sender-shown.tsx';
import { isLive } from './token-state.tsx';
import { WhyEnded } from './why-ended.tsx';

/** A sender gets a new secret, or ends; what stops is said before. */
export function senderActions(portal: Portal): void {
  const path = senderPath(':id');
  page(portal, `${path}/rotate`, async ({ ctx, param }) => rotatePage(await livingSender(ctx, param('id'))));
  deed(portal, `${path}/rotate`, async ({ ctx, param, form }) => {
    const sender = await livingSender(ctx, param('id'));
    try {
      return rotatedPage(await rotateSender(ctx, sender.id, overlapMsOf(form)), form.one('overlap') === '0');
    } catch (error) {
      return rotatePage(sender, form.one('overlap'), wrongOf(error, {}));
    }
  });
  page(portal, `${path}/end`, async ({ ctx, param }) => endPage(await livingSender(ctx, param('id'))));
  deed(portal, `${path}/end`, async ({ ctx, param, form }) => {
    const { id } = await livingSender(ctx, param('id'));
    return { to: receiptPath(await revokeSender(ctx, id, reasonOf(form))) };
  });
}

/** 404 for another's, 409 for one that has ended. */
async function livingSender(ctx: Ctx, id: string): Promise<ShownSender> {
  const sender = showSender(await findSender(ctx, id), ctx.settings);
  if (isLive(sender, ctx.clock.ms())) return sender;
  throw new PatchbayError('state_conflict', { public: 'This sender has ended.' });
}

function rotatePage({ id, label }: ShownSender, chosen?: string, wrong: Wrong = new Map()): Shown {
  return {
    title: 'New secret',
    status: wrong.size > 0 ? 422 : 200,
    body: (
      <Question
        title={`Make a new secret for ${label}?`}
        action={`${senderPath(id)}/rotate`}
        back={sendersPath}
        backName="RFP senders"
        button="Make a new secret"
        isDangerous={false}
      >
        <WrongSummary wrong={wrong} title="Nothing was changed" />
        <p>Both are taken until the old one ends, so your tool can change over without a gap.</p>
        <OldOneEnds {...(chosen === undefined ? {} : { chosen })} />
      </Question>
    ),
  };
}

type Rotated = Awaited<ReturnType<typeof rotateSender>>;

const rotatedPage = ({ label, url, secret, old_secrets_until: until }: Rotated, isNow: boolean): Shown => ({
  title: 'New secret',
  body: (
    <div class="stack form">
      <Crumb href={sendersPath}>RFP senders</Crumb>
      <h1>The new secret of {label}</h1>
      <SenderSecret url={url} secret={secret}>
        <p>
          This is the only time that it is shown. Put it into your tool now; the old one is{' '}
          {isNow ? (
            'refused from this moment.'
          ) : (
            <>
              taken until <When at={until} exact />.
            </>
          )}
        </p>
      </SenderSecret>
    </div>
  ),
});

const endPage = ({ id, label, last_used_at: used }: ShownSender): Shown => ({
  title: 'End a sender',
  body: (
    <Question
      title={`End ${label}?`}
      action={`${senderPath(id)}/end`}
      back={sendersPath}
      backName="RFP senders"
      button="End it for good"
      isDangerous
    >
      <ul class="points">
        <li>
          Whatever it signs is refused from that moment (401), and its secrets are destroyed. It was last used{' '}
          {used ? <When at={used} /> : 'never'}.
        </li>
        <li>The RFPs that it has asked for stay as they are.</li>
      </ul>
      <p>
        Does the tool go on? <a href={`${senderPath(id)}/rotate`}>Make a new secret</a> instead: its address
        stays.
      </p>
      <WhyEnded leaked="its secret" />
    </Question>
  ),
});
