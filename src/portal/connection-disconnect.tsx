import { countMade, disconnect, findConnection } from '#src/connections';
import { actorOf } from '#src/context';
import { Question } from '#src/ui';
import { connectionReach } from './connection-reach.ts';
import { counted } from './cords.ts';
import { deed, page, type Portal } from './door.tsx';
import { connectionPath } from './paths.ts';
import { reasonOf } from './revoking.ts';
import { WhyEnded } from './why-ended.tsx';

const path = connectionPath(':id');

/** The end of a connection, after what it reaches was said; its page is the receipt from then on. */
export function disconnectConnectionPages(portal: Portal): void {
  page(portal, `${path}/disconnect`, async (visit) => {
    const { row, about, via, waiting, title, back } = await connectionReach(visit);
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
          <WhyEnded leaked="got hold of its access" />
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
