import { findRedrive, type RedrivePreview } from '#src/events';
import { redriveMany, redriveReach } from '#src/inquiry';
import { counted, Copyable, Crumb, Empty, Facts, Question, When } from '#src/ui';
import { type Console, deed, page, type Shown, type Visit } from './door.tsx';
import { quarantinePath, redrivePath, redrivesPath } from './paths.ts';
import { type Asked, askedIn, listPath } from './quarantine-filter.ts';
import { RedriveChip } from './quarantine-list.tsx';
import { broughtWords, filterWords } from './quarantine-words.ts';
import { atField } from './reason.ts';
import { AnyId } from './subject-link.tsx';

const askPath = `${quarantinePath}/redrive`;

/** Re-driving all that fit: how many first, then how far it is, and what it has brought. */
export function redrivePages(desk: Console): void {
  page(desk, { path: askPath, permission: 'quarantine:redrive' }, question);
  deed(desk, { path: askPath, permission: 'quarantine:redrive' }, async ({ ctx, form }) => {
    const through = Number(form.one('through') || Number.NaN);
    if (!Number.isSafeInteger(through) || through < 0)
      throw atField(
        'through',
        'Look first how many it would take: open the quarantine and press “Re-drive”.',
      );
    const asked = askedIn((name) => form.one(name));
    return { to: redrivePath(await redriveMany(ctx, asked, through)) };
  });
  page(desk, { path: `${redrivesPath}/:id`, permission: 'quarantine:read' }, progress);
}

async function question({ ctx, query }: Visit): Promise<Shown> {
  const asked = askedIn((name) => query.get(name));
  const preview = await redriveReach(ctx, asked);
  const back = listPath(asked);
  const isEmpty = preview.count === 0;
  const isVain = preview.passing === 0 && preview.checked === preview.count;
  const title = isEmpty ? 'Nothing to re-drive' : `Re-drive ${amount(preview)}`;
  if (isEmpty || isVain)
    return {
      title,
      body: (
        <div class="stack form" data-question>
          <Crumb href={back}>Quarantine</Crumb>
          <h1>{isEmpty ? 'Nothing to re-drive' : 'None of them would be accepted'}</h1>
          <Empty title={isEmpty ? 'Nothing in quarantine fits' : `${amount(preview)} would stay`}>
            <p>
              {isEmpty
                ? 'Somebody may have been faster.'
                : 'Each is still not what its type promises. Open one to see what mends it; nothing is lost meanwhile.'}
            </p>
          </Empty>
          <p>
            <a class="button" href={back} data-cancel>
              Back to the quarantine
            </a>
          </p>
        </div>
      ),
    };
  return {
    title,
    body: (
      <Question
        title={`Re-drive ${amount(preview)}?`}
        action={askPath}
        back={back}
        backName="Quarantine"
        button={`Re-drive ${amount(preview)}`}
        isDangerous={false}
      >
        <Reach preview={preview} asked={asked} />
        {Object.entries({ ...asked, through: String(preview.through) }).map(([name, value]) =>
          value === null ? null : <input type="hidden" name={name} value={value} />,
        )}
      </Question>
    ),
  };
}

const amount = ({ count, at_least: isMore }: RedrivePreview): string =>
  `${isMore ? 'more than ' : ''}${counted(count, 'event')}`;

function Reach({ preview, asked }: { preview: RedrivePreview; asked: Asked }) {
  const { checked, passing, count } = preview;
  return (
    <>
      <p>
        {filterWords(asked).replace(/^./, (first) => first.toUpperCase())}. Each keeps its id and its sequence
        number, and goes to whoever listens for it now.
      </p>
      <p>
        {checked < count ? `Of the oldest ${checked}, which were tried, ` : 'As things are, '}
        <b>{passing.toLocaleString('en')} would be accepted</b>
        {checked > passing ? ` and ${(checked - passing).toLocaleString('en')} would stay, still wrong` : ''}.
        What comes into quarantine from now on is left alone.
      </p>
    </>
  );
}

async function progress({ ctx, param }: Visit): Promise<Shown> {
  const redrive = await findRedrive(ctx, param('id'));
  const { id, state, asked, accepted, stayed, brought } = redrive;
  const looked = accepted + stayed;
  const isOver = state !== 'open';
  return {
    title: 'Re-drive',
    body: (
      <div class="stack form" data-live="redrive" data-stamp={JSON.stringify(redrive)}>
        <Crumb href={listPath(redrive)}>Quarantine</Crumb>
        <div class="row apart">
          <h1>Re-drive of {counted(asked, 'event')}</h1>
          <RedriveChip state={state} />
        </div>
        <p class="verdict">
          {counted(accepted, 'event')} accepted
          {stayed > 0 ? `, ${stayed.toLocaleString('en')} still wrong` : ''}.
        </p>
        {isOver ? null : (
          <meter
            class="gauge"
            min="0"
            max={Math.max(asked, looked, 1)}
            value={looked}
            aria-label={`${looked} of ${asked} looked at`}
          />
        )}
        <p>
          {isOver
            ? state === 'done'
              ? 'All of them were looked at.'
              : 'It has stopped: it failed twenty times in a row. The log says why; begin another one.'
            : 'It goes on by itself: leave this page, and come back to it.'}
        </p>
        <Facts
          facts={[
            ['Which', filterWords(redrive)],
            ['Looked at', `${looked.toLocaleString('en')} of ${asked.toLocaleString('en')}`],
            ['Brought', accepted === 0 ? 'nothing yet' : broughtWords(brought)],
            stayed > 0 ? ['Still wrong', <a href={listPath(redrive)}>What is left in quarantine</a>] : null,
            ['By', <AnyId text={redrive.by} />],
            ['Began', <When at={redrive.created_at} exact />],
            ['Re-drive', <Copyable text={id} name="the re-drive’s id" />],
          ]}
        />
      </div>
    ),
    ...(isOver && brought.matching === 0 ? {} : { refreshSeconds: 2 }),
  };
}
