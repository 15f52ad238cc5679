import { publisherEventId } from '#src/columns';
import { PatchbayError } from '#src/errors';
import { type KeptEvent, oneKept, redriveKept } from '#src/inquiry';
import type { Env } from '#src/ports';
import type { Staff } from '#src/staff';
import {
  Ask,
  Chip,
  Copyable,
  counted,
  Crumb,
  type Fact,
  Facts,
  Note,
  Payload,
  When,
  withQuery,
  type Wrong,
  WrongSummary,
  wrongOf,
} from '#src/ui';
import { type Console, deed, page, type Shown, type Visit } from './door.tsx';
import { elevationPath, quarantinePath, subjectPath } from './paths.ts';
import { keptPath } from './quarantine-filter.ts';
import { broughtWords, keptWords, mendWords } from './quarantine-words.ts';
import { AnyId } from './subject-link.tsx';
import { WhoMay } from './who-may.tsx';

type Kept = Extract<KeptEvent, { state: 'quarantined' }>;
type Accepted = Extract<KeptEvent, { state: 'accepted' }>;

/** One event that was kept back: why, what mends it, and accepting it; afterwards, what that has brought. */
export function keptPages(desk: Console): void {
  page(desk, { path: `${quarantinePath}/:id`, permission: 'quarantine:read' }, (visit) =>
    show(visit, envOf(visit.query.get('env'))),
  );
  deed(desk, { path: `${quarantinePath}/:id/redrive`, permission: 'quarantine:redrive' }, async (visit) => {
    const env = envOf(visit.form.one('env'));
    const id = eventIn(visit);
    try {
      await redriveKept(visit.ctx, env, id);
      return { to: withQuery(keptPath(id, env), { done: 'redriven' }) };
    } catch (error) {
      return { ...(await show(visit, env, wrongOf(error, {}))), status: 422 };
    }
  });
}

const envOf = (text: string | null): Env => (text === 'test' ? 'test' : 'live');

function eventIn({ param }: Visit): string {
  const id = param('id');
  if (publisherEventId.test(id)) return id;
  throw new PatchbayError('not_found', { public: 'There is no such event.' });
}

async function show(visit: Visit, env: Env, wrong: Wrong = new Map()): Promise<Shown> {
  const event = await oneKept(visit.ctx, env, eventIn(visit));
  return {
    title: event.type,
    body: (
      <div class="stack-l">
        {event.state === 'quarantined' ? (
          <KeptBack event={event} env={env} staff={visit.staff} wrong={wrong} />
        ) : (
          <Redriven event={event} env={env} />
        )}
      </div>
    ),
  };
}

type Props = { event: Kept; env: Env; staff: Staff; wrong: Wrong };

function KeptBack({ event, env, staff, wrong }: Props) {
  const isGood = event.now.length === 0;
  return (
    <>
      <header class="stack">
        <Crumb href={withQuery(quarantinePath, { env: env === 'test' ? 'test' : null })}>Quarantine</Crumb>
        <div class="row apart">
          <h1>{event.type}</h1>
          <Chip tone={isGood ? 'wait' : 'bad'}>kept back</Chip>
        </div>
        <p class="verdict">
          {isGood
            ? 'It would be accepted now: the catalogue has changed since it came.'
            : `It is kept back: ${counted(event.now.length, 'thing')} about it ${event.now.length === 1 ? 'is' : 'are'} wrong.`}
        </p>
        <p>
          It was delivered to nobody. Its place is kept: re-driven, it goes out as number {event.sequence} of{' '}
          <code>{event.subject}</code>, and who has a newer one ignores it.
        </p>
        <WrongSummary wrong={wrong} title="It stays in quarantine" />
        {isGood ? <Press event={event} env={env} staff={staff} /> : null}
      </header>
      <div class="halves">
        <Reasons event={event} />
        <section class="stack" aria-labelledby="facts">
          <h2 id="facts">What it is</h2>
          <Facts facts={[...factsOf(event, env), ...kept(event)]} />
        </section>
      </div>
      <section class="stack" aria-labelledby="data">
        <h2 id="data">Its data</h2>
        {event.data === null ? (
          <Masked at={keptPath(event.id, env)} staff={staff} />
        ) : (
          <Payload value={event.data} label="The data as received" />
        )}
      </section>
    </>
  );
}

function Press({ event, env, staff }: Omit<Props, 'wrong'>) {
  if (!staff.permissions.has('quarantine:redrive')) return <WhoMay decide="quarantine:redrive" />;
  return (
    <Ask action={`${quarantinePath}/${event.id}/redrive`} label="Re-drive it">
      <input type="hidden" name="env" value={env} />
      <button class="primary">Re-drive it</button>
    </Ask>
  );
}

function Reasons({ event: { reasons, now } }: { event: Kept }) {
  const shown = now.length > 0 ? now : reasons;
  const codes = [...new Set(shown.map(({ code }) => code))];
  return (
    <section class="stack" aria-labelledby="why">
      <h2 id="why">{now.length > 0 ? 'Why' : 'Why it was, when it came'}</h2>
      <ul class="points">
        {shown.map((reason) => (
          <li>{keptWords(reason)}</li>
        ))}
      </ul>
      {now.length > 0 ? (
        <Note tone="plain" title="What to do">
          {codes.map((code) => (
            <p>{mendWords(code)}</p>
          ))}
        </Note>
      ) : null}
    </section>
  );
}

function Masked({ at, staff }: { at: string; staff: Staff }) {
  const mayUnmask = staff.permissions.has('people:unmask');
  return (
    <Note tone="plain" title="Masked">
      <p>
        Nobody has looked at what is in it, so it may hold names and addresses.{' '}
        {mayUnmask ? '' : 'The roles support, security and legal may see it, with a reason.'}
      </p>
      {mayUnmask ? (
        <p class="press">
          <a
            class="button"
            href={withQuery(elevationPath, { need: 'people:unmask', next: at.split('?')[0] })}
          >
            Show the data as they are
          </a>
        </p>
      ) : null}
    </Note>
  );
}

const factsOf = (event: Kept | Accepted, env: Env): Fact[] => [
  ['Event', <Copyable text={event.id} name="the event’s id" />],
  ['Type', `${event.type}, version ${event.schema_version}`],
  ['About', <code>{event.subject}</code>],
  ['Sequence', event.sequence.toLocaleString('en')],
  ['City', event.city ?? 'none'],
  ['Data', env],
  ['Happened', <When at={event.occurred_at} exact />],
];

const kept = ({ accepted_at: at, publisher, audience }: Kept): Fact[] => [
  ['Received', <When at={at} exact />],
  ['Published by', publisher === null ? 'not on record' : <AnyId text={publisher} />],
  [
    'For',
    <>
      {audience.slice(0, 10).map((id) => (
        <div>
          <a href={subjectPath('account', id)}>
            <code>{id}</code>
          </a>
        </div>
      ))}
      {audience.length > 10 ? (
        <div class="dim">and {counted(audience.length - 10, 'account')} more</div>
      ) : null}
    </>,
  ],
];

function Redriven({ event, env }: { event: Accepted; env: Env }) {
  const { brought } = event;
  const isMatching = brought.matching > 0;
  return (
    <>
      <header class="stack">
        <Crumb href={withQuery(quarantinePath, { env: env === 'test' ? 'test' : null })}>Quarantine</Crumb>
        <div class="row apart">
          <h1>{event.type}</h1>
          <Chip tone="good">accepted</Chip>
        </div>
        <p class="verdict">
          It was re-driven <When at={event.accepted_at} />, as number {event.sequence} of{' '}
          <code>{event.subject}</code>.
        </p>
        <p>
          What that has brought: {broughtWords(brought)}.{' '}
          {isMatching ? <a href={keptPath(event.id, env)}>Look again</a> : null}
        </p>
      </header>
      <section class="stack form" aria-labelledby="facts">
        <h2 id="facts">What it is</h2>
        <Facts
          facts={[
            ...factsOf(event, env),
            ['Accepted', <When at={event.accepted_at} exact />],
            ['By', <AnyId text={event.by} />],
          ]}
        />
      </section>
    </>
  );
}
