import {
  aboutConnector,
  checkNow,
  countMade,
  disconnect,
  findConnection,
  findRecall,
  mute,
  recall,
  subscriptionsVia,
  switchIntents,
  unmute,
} from '#src/connections';
import { actorOf } from '#src/context';
import { countWaitingOf } from '#src/deliveries';
import { PatchbayError } from '#src/errors';
import { Ask, Chip, Crumb, Facts, Question, Select } from '#src/ui';
import { AddressField, Tiers } from './connect.tsx';
import { counted } from './cords.ts';
import { destinationName } from './destinations.ts';
import { deed, page, type Portal, type Visit } from './door.tsx';
import { connectionPath, connectPath, withQuery } from './paths.ts';
import { reasonOf } from './revoking.ts';

const path = connectionPath(':id');

/** What can be done with a connection; what bites asks first and says how far it reaches. */
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
  recalling(portal);
  ending(portal);
}

async function reachOf({ ctx, param }: Visit) {
  const row = await findConnection(ctx, param('id'));
  if (row.state === 'revoked')
    throw new PatchbayError('state_conflict', { public: 'It was disconnected already.' });
  const about = await aboutConnector(ctx, row.connector);
  const via = await subscriptionsVia(ctx, row);
  const waiting = await countWaitingOf(
    ctx,
    via.map(({ id }) => id),
  );
  return { row, about, via, waiting, title: destinationName(about.name, row), back: connectionPath(row.id) };
}

function rights(portal: Portal): void {
  page(portal, `${path}/rights`, async (visit) => {
    const { row, about, title, back } = await reachOf(visit);
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
    const { about, title, back, via } = await reachOf(visit);
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

function recalling(portal: Portal): void {
  page(portal, `${path}/recall`, async (visit) => {
    const { row, about, title, back } = await reachOf(visit);
    const made = await countMade(visit.ctx, row);
    return {
      title: 'Take it back',
      body: (
        <Question
          title={`Take back what was made in ${about.name}?`}
          action={`${back}/recall`}
          back={back}
          backName={title}
          button="Take it back"
          isDangerous
        >
          <p>
            <b>{counted(made, 'thing')}</b> of ours {made === 1 ? 'stands' : 'stand'} there.
          </p>
          <p>{about.recall}</p>
          <p class="dim">What is sent from now on is made as before: mute or disconnect it to stop that.</p>
        </Question>
      ),
    };
  });
  deed(portal, `${path}/recall`, async ({ ctx, param }) => {
    const { id } = await recall(ctx, param('id'));
    return { to: `${connectionPath(param('id'))}/recalls/${id}` };
  });
  page(portal, `${path}/recalls/:recall`, async (visit) => {
    const { title, back, about } = await reachOf(visit);
    const report = await findRecall(visit.ctx, visit.param('id'), visit.param('recall'));
    const isOpen = report.state === 'open';
    return {
      title: 'Taken back',
      body: (
        <div
          class="stack form"
          data-live="recall"
          data-stamp={`${report.state} ${report.recalled} ${report.left_count}`}
          {...(isOpen ? { 'data-soon': '' } : {})}
        >
          <Crumb href={back}>{title}</Crumb>
          <div class="row apart">
            <h1>Taken back</h1>
            <Chip tone={isOpen ? 'wait' : 'good'}>{isOpen ? 'under way' : 'complete'}</Chip>
          </div>
          <Facts
            facts={[
              ['Taken back', counted(report.recalled, 'thing')],
              ['Still there', counted(report.left_count, 'thing')],
            ]}
          />
          {report.left.length > 0 ? (
            <>
              <h2>What {about.name} keeps, and what you can do</h2>
              <ul class="points">
                {report.left.map(({ key, why }) => (
                  <li>
                    <code>{key}</code>
                    <p>{why}</p>
                  </li>
                ))}
              </ul>
            </>
          ) : null}
        </div>
      ),
    };
  });
}

function ending(portal: Portal): void {
  page(portal, `${path}/disconnect`, async (visit) => {
    const { row, about, via, waiting, title, back } = await reachOf(visit);
    const made = await countMade(visit.ctx, row);
    return {
      title: `Disconnect ${title}`,
      body: (
        <Question
          title={`Disconnect ${title}?`}
          action={`${back}/disconnect`}
          back={back}
          backName={title}
          button="Disconnect"
          isDangerous
        >
          <ul class="points">
            <li>
              <b>{counted(via.length, 'subscription')}</b> {via.length === 1 ? 'ends' : 'end'}, and{' '}
              <b>{counted(waiting, 'queued delivery', 'queued deliveries')}</b> {waiting === 1 ? 'is' : 'are'}{' '}
              cancelled.
            </li>
            <li>Its access is given back to {about.name}, and our copy is destroyed.</li>
            <li>
              <b>{counted(made, 'thing')}</b> that {made === 1 ? 'was' : 'were'} made there{' '}
              {made === 1 ? 'stays' : 'stay'}
              {made > 0 ? (
                <>
                  : <a href={`${back}/recall`}>take it back</a> first, if it shall not.
                </>
              ) : (
                '.'
              )}
            </li>
          </ul>
          <fieldset>
            <legend>
              Why? <span class="opt">(optional)</span>
            </legend>
            <label class="pick">
              <input type="radio" name="reason" value="user" checked />
              <span>It is not needed any more.</span>
            </label>
            <label class="pick">
              <input type="radio" name="reason" value="leaked" />
              <span>Somebody else may have got hold of its access.</span>
            </label>
          </fieldset>
          {via.length > 0 ? (
            <p class="small">
              Not sure? <a href={`${back}/mute`}>Mute it</a> instead: everything is kept.
            </p>
          ) : null}
        </Question>
      ),
    };
  });
  deed(portal, `${path}/disconnect`, async ({ ctx, param, form }) => {
    const row = await findConnection(ctx, param('id'));
    await disconnect(ctx, row, {
      actor: actorOf(ctx.caller),
      reason: reasonOf(form),
      requestId: ctx.requestId,
    });
    return { to: connectionPath(row.id) };
  });
}
