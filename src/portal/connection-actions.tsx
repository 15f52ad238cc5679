import { aboutConnector, checkNow, findConnection, mute, switchIntents, unmute } from '#src/connections';
import { actorOf } from '#src/context';
import { PatchbayError } from '#src/errors';
import { Ask, Crumb, Question, Select } from '#src/ui';
import { AddressField, Tiers } from './connect.tsx';
import { connectionReach } from './connection-reach.ts';
import { counted } from './cords.ts';
import { deed, page, type Portal } from './door.tsx';
import { connectionPath, connectPath, withQuery } from './paths.ts';

const path = connectionPath(':id');

/** What can be done with a connection and undone again. */
export function connectionActions(portal: Portal): void {
  deed(portal, `${path}/check`, async ({ ctx, param }) => {
    const { is_well: isWell } = await checkNow(ctx, param('id'));
    return { to: withQuery(connectionPath(param('id')), { done: isWell ? 'well' : 'unwell' }) };
  });
  deed(portal, `${path}/intents`, async ({ ctx, param, form }) => {
    const about = await aboutConnector(ctx, (await findConnection(ctx, param('id'))).connector);
    const wanted = new Set(form.many('intents'));
    await switchIntents(
      ctx,
      param('id'),
      about.intents.filter((kind) => wanted.has(kind)),
    );
    return { to: withQuery(connectionPath(param('id')), { done: 'switched' }) };
  });
  rights(portal);
  muting(portal);
}

function rights(portal: Portal): void {
  page(portal, `${path}/rights`, async (visit) => {
    const { row, about, title, back } = await connectionReach(visit);
    return {
      title: 'What it may do',
      body: (
        <div class="stack form">
          <Crumb href={back}>{title}</Crumb>
          <h1>What {about.name} lets us do</h1>
          {about.auth === 'secret-url' ? null : (
            <p>
              Choose, and say yes at {about.name} once more, as the same account. What is set up here stays as
              it is.
            </p>
          )}
          <Ask action={`${back}/reconnect`} label="What it may do">
            <Tiers about={about} chosen={row.tier} />
            <AddressField about={about} wrong={new Map()} />
            <p class="row">
              <button class="primary">
                {about.auth === 'secret-url' ? 'Use this address' : `Go on to ${about.name}`}
              </button>
              <a class="button" href={back}>
                Leave it as it is
              </a>
            </p>
          </Ask>
          <p class="small dim">
            Another account? <a href={connectPath(about.id)}>Connect it beside this one</a>.
          </p>
        </div>
      ),
    };
  });
}

/** Hours; empty is until somebody lets it go on. */
const spans = [
  ['1', 'for an hour'],
  ['8', 'for 8 hours'],
  ['24', 'for a day'],
  ['', 'until I let it go on'],
] as const;

function muting(portal: Portal): void {
  page(portal, `${path}/mute`, async (visit) => {
    const { about, title, back, via } = await connectionReach(visit);
    return {
      title: 'Mute',
      body: (
        <Question
          title={`Mute ${title}?`}
          action={`${back}/mute`}
          back={back}
          backName={title}
          button="Mute"
          isDangerous={false}
        >
          <p>
            {counted(via.length, 'subscription')} {via.length === 1 ? 'pauses' : 'pause'}: nothing is sent to{' '}
            {about.name}, and nothing is lost. What comes meanwhile is sent afterwards.
          </p>
          <Select name="hours" label="How long" value="8" choices={spans} wrong={new Map()} />
        </Question>
      ),
    };
  });
  deed(portal, `${path}/mute`, async ({ ctx, param, form }) => {
    const row = await findConnection(ctx, param('id'));
    const span = spans.find(([hours]) => hours === form.one('hours'));
    if (!span) throw new PatchbayError('validation_failed', { public: 'Say for how long.' });
    await mute(ctx, row, span[0] === '' ? null : Number(span[0]) * 3_600_000, actorOf(ctx.caller));
    return { to: withQuery(connectionPath(row.id), { done: 'muted' }) };
  });
  deed(portal, `${path}/unmute`, async ({ ctx, param }) => {
    const row = await findConnection(ctx, param('id'));
    await unmute(ctx, row, actorOf(ctx.caller));
    return { to: withQuery(connectionPath(row.id), { done: 'unmuted' }) };
  });
}
