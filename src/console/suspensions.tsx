import {
  findSuspension,
  liftSuspension,
  listSuspensions,
  previewRevocation,
  type ShownSuspension,
  suspensionLevels,
} from '#src/revocations';
import { mayNow, staffActor } from '#src/staff';
import { Empty, Question, When, withQuery } from '#src/ui';
import { AskForPower } from './ask-for-power.tsx';
import { type Console, deed, page, type Shown, type Visit } from './door.tsx';
import { isSubjectLevel, subjectPath, suspensionsPath } from './paths.ts';
import { shownCount } from './reach.tsx';
import { reasonWords } from './reasons.ts';
import { SubjectId } from './subject-link.tsx';
import { Pager, pageAsked } from './pager.tsx';

type SuspensionLevel = (typeof suspensionLevels)[number];

/** What is suspended now, and lifting it. */
export function suspensionPages(desk: Console): void {
  page(desk, { path: suspensionsPath, permission: 'revocations:read' }, list);
  for (const level of suspensionLevels) {
    const path = `${subjectPath(level, ':id')}/lift`;
    page(desk, { path, permission: 'revocations:preview' }, (visit) => question(visit, level));
    deed(desk, { path, permission: 'suspensions:create' }, async ({ ctx, staff, param }) => {
      await liftSuspension(ctx, staffActor(staff), { level, id: param('id'), requestId: ctx.requestId });
      return { to: withQuery(subjectPath(level, param('id')), { done: 'lifted' }) };
    });
  }
}

async function question({ ctx, staff, param }: Visit, level: SuspensionLevel): Promise<Shown> {
  const id = param('id');
  const [suspension, preview] = await Promise.all([
    findSuspension(ctx, { level, id }),
    previewRevocation(ctx, { level, id }),
  ]);
  const back = subjectPath(level, id);
  const name = `${level} ${preview.name ?? id}`;
  const may = mayNow(staff, 'suspensions:create');
  return {
    title: `Lift the suspension of ${name}`,
    body: may ? (
      <Question
        title={`Lift the suspension of ${name}?`}
        action={`${back}/lift`}
        back={back}
        backName={name}
        button="Lift it"
        isDangerous={false}
      >
        <Why suspension={suspension} />
        <p>
          Calls are answered again, and <b>{shownCount(preview.deliveries.held)} held deliveries</b> go out.
          What was revoked meanwhile stays revoked.
        </p>
      </Question>
    ) : (
      <div class="stack form">
        <h1>Lift the suspension of {name}</h1>
        <Why suspension={suspension} />
        <h2>First say why</h2>
        <AskForPower ctx={ctx} need={['suspensions:create']} next={`${back}/lift`} />
      </div>
    ),
  };
}

function Why({ suspension: { reason, note, actor, suspended_at: at } }: { suspension: ShownSuspension }) {
  return (
    <p>
      Suspended <When at={at} />
      {actor ? (
        <>
          {' '}
          by <code>{actor}</code>
        </>
      ) : null}
      : {reasonWords(reason)}.{note ? ` “${note}”` : ''}
    </p>
  );
}

async function list({ ctx, query }: Visit): Promise<Shown> {
  const asked = pageAsked(query);
  const { data, next_cursor: next } = await listSuspensions(ctx, {
    ...asked,
  });
  return {
    title: 'Suspended',
    body: (
      <div class="stack">
        <h1>Suspended now</h1>
        {data.length === 0 ? <None /> : <List suspensions={data} />}
        <Pager at={suspensionsPath} asked={asked} next={next} />
      </div>
    ),
  };
}

function List({ suspensions }: { suspensions: ShownSuspension[] }) {
  return (
    <table>
      <caption class="vh">What is suspended, the latest first. Keys: j and k to walk, enter to open.</caption>
      <thead>
        <tr class="indent">
          <th>Suspended</th>
          <th class="wide-only">Why</th>
          <th class="wide-only">By</th>
          <th class="end">When</th>
          <th>
            <span class="vh">Action</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {suspensions.map((one) => (
          <tr data-row>
            <td>
              <SubjectId level={one.level} id={one.id} />
              <p class="dim narrow-only">{reasonWords(one.reason)}</p>
            </td>
            <td class="wide-only">
              {reasonWords(one.reason)}
              {one.note ? <p class="dim">{one.note}</p> : null}
            </td>
            <td class="wide-only">{one.actor ? <code>{one.actor}</code> : 'not on record'}</td>
            <td class="end dim">
              <When at={one.suspended_at} />
            </td>
            <td class="end">
              {isSubjectLevel(one.level) ? (
                <a href={`${subjectPath(one.level, one.id)}/lift`} data-dialog>
                  Lift
                  <span class="vh">
                    {' '}
                    {one.level} {one.id}
                  </span>
                </a>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function None() {
  return (
    <Empty title="Nothing is suspended">
      <p>
        A suspension is the gentler step before a revocation: calls are refused and deliveries wait until
        somebody lifts it. Find what you need to stop, and press “Stop it”.
      </p>
    </Empty>
  );
}
