import { type AboutConnector, type ConnectionRow, type End, findEnd } from '#src/connections';
import type { Ctx } from '#src/context';
import { Chip, Crumb, type Fact, Facts, When } from '#src/ui';
import { connectionsPath, connectPath } from './paths.ts';
import { reasonWords } from './revoking.ts';

export const readEnd = (ctx: Ctx, row: ConnectionRow): Promise<End> => findEnd(ctx, row);

type Props = { title: string; about: AboutConnector; end: End };

/** The receipt of a disconnect: it fills while one looks. */
export function ConnectionEnd({ title, about, end }: Props) {
  const isDone = end.shreddedAt !== null;
  return (
    <div class="stack form" data-live="end" data-stamp={String(isDone)}>
      <Crumb href={connectionsPath}>Connections</Crumb>
      <div class="row apart" {...(isDone ? {} : { 'data-soon': '' })}>
        <h1>{title}</h1>
        <Chip tone={isDone ? 'good' : 'wait'}>{isDone ? 'disconnected' : 'under way'}</Chip>
      </div>
      <p>
        Nothing is sent to {about.name} any more, and nothing is fetched from there.{' '}
        {isDone ? '' : 'Its access is being given back; you need not wait for it.'}
      </p>
      <Facts facts={factsOf(about, end)} />
      {end.vendor === 'manual' && about.revokeByHand !== null ? <p>{about.revokeByHand}</p> : null}
      <p>
        <a class="button" href={connectPath(about.id)}>
          Connect {about.name} anew
        </a>
      </p>
    </div>
  );
}

function factsOf(about: AboutConnector, { endedAt, reason, shreddedAt, vendor }: End): (Fact | null)[] {
  return [
    endedAt ? ['Ended', <When at={endedAt.toISOString()} exact />] : null,
    ['Reason', reasonWords(reason ?? 'user')],
    [`${about.name} said`, vendor === null ? 'not asked yet' : said[vendor](about.name)],
    [
      'Our copy of its access',
      shreddedAt ? (
        <>
          destroyed <When at={shreddedAt.toISOString()} exact />
        </>
      ) : (
        'is destroyed next'
      ),
    ],
    ['What was made there', 'stays there'],
  ];
}

const said: Record<NonNullable<End['vendor']>, (name: string) => string> = {
  revoked: () => 'the access is taken back',
  already: () => 'the access was gone already',
  manual: (name) => `nothing: ${name} has no call for it, so end it there, too`,
  later: () => 'nothing for a day, so our copy was destroyed without its word',
  gone: () => 'nothing: there was no access to take back',
};
