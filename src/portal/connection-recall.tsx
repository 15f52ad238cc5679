import { countMade, findRecall, recall } from '#src/connections';
import { Chip, Crumb, Facts, Question } from '#src/ui';
import { connectionReach } from './connection-reach.ts';
import { counted } from './cords.ts';
import { deed, page, type Portal } from './door.tsx';
import { connectionPath } from './paths.ts';

const path = connectionPath(':id');

/** Takes back what was made at the vendor, after its reach was said; the report fills while one looks. */
export function recallPages(portal: Portal): void {
  page(portal, `${path}/recall`, async (visit) => {
    const { row, about, title, back } = await connectionReach(visit);
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
    const { title, back, about } = await connectionReach(visit);
    const report = await findRecall(visit.ctx, visit.param('id'), visit.param('recall'));
    const isOpen = report.state === 'open';
    return {
      title: 'Taken back',
      body: (
        <div
          class="stack form"
          data-live="recall"
          data-stamp={`${report.state} ${report.recalled} ${report.left_count}`}
        >
          <Crumb href={back}>{title}</Crumb>
          <div class="row apart" {...(isOpen ? { 'data-soon': '' } : {})}>
            <h1>Taken back</h1>
            <Chip tone={isOpen ? 'wait' : 'good'}>{isOpen ? 'under way' : 'complete'}</Chip>
          </div>
          <Facts
            facts={[
              ['Taken back', counted(report.recalled, 'thing')],
              ['Still there', report.left_count === 0 ? 'nothing' : counted(report.left_count, 'thing')],
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
