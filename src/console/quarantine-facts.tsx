import type { KeptEvent } from '#src/inquiry';
import type { Env } from '#src/ports';
import type { Staff } from '#src/staff';
import { Chip, Copyable, counted, Crumb, type Fact, Facts, Note, When, withQuery } from '#src/ui';
import { elevationPath, quarantinePath, subjectPath } from './paths.ts';
import { keptPath } from './quarantine-filter.ts';
import { broughtWords, keptWords, mendWords } from './quarantine-words.ts';
import { AnyId } from './subject-link.tsx';

export type Kept = Extract<KeptEvent, { state: 'quarantined' }>;
type Accepted = Extract<KeptEvent, { state: 'accepted' }>;

/** Why it is kept back, and what mends that. */
export function Reasons({ event: { reasons, now } }: { event: Kept }) {
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

export function Masked({ at, staff }: { at: string; staff: Staff }) {
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

export const eventFacts = (event: Kept | Accepted, env: Env): Fact[] => [
  ['Event', <Copyable text={event.id} name="the event’s id" />],
  ['Type', `${event.type}, version ${event.schema_version}`],
  ['About', <code>{event.subject}</code>],
  ['Sequence', event.sequence.toLocaleString('en')],
  ['City', event.city ?? 'none'],
  ['Data', env],
  ['Happened', <When at={event.occurred_at} exact />],
];

export const keptFacts = ({ accepted_at: at, publisher, audience }: Kept): Fact[] => [
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

/** After it was accepted. */
export function Redriven({ event, env }: { event: Accepted; env: Env }) {
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
            ...eventFacts(event, env),
            ['Accepted', <When at={event.accepted_at} exact />],
            ['By', <AnyId text={event.by} />],
          ]}
        />
      </section>
    </>
  );
}
