import { publisherEventId } from '#src/columns';
import { PatchbayError } from '#src/errors';
import { oneKept, redriveKept } from '#src/inquiry';
import type { Env } from '#src/ports';
import type { Staff } from '#src/staff';
import {
  Ask,
  Chip,
  counted,
  Crumb,
  Facts,
  Payload,
  withQuery,
  type Wrong,
  WrongSummary,
  wrongOf,
} from '#src/ui';
import { type Console, deed, page, type Shown, type Visit } from './door.tsx';
import { quarantinePath } from './paths.ts';
import { eventFacts, type Kept, keptFacts, Masked, Reasons, Redriven } from './quarantine-facts.tsx';
import { keptPath } from './quarantine-filter.ts';
import { WhoMay } from './who-may.tsx';

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
          <Facts facts={[...eventFacts(event, env), ...keptFacts(event)]} />
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
