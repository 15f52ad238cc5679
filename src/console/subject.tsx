import { openCasesAbout } from '#src/cases';
import {
  behaviourOf,
  type Entry,
  type Level,
  levelPermissions,
  lookAt,
  type ShownRecord,
} from '#src/inquiry';
import type { Staff } from '#src/staff';
import { Chip, Copyable, Crumb, Facts, Note, type Tone, When, withQuery } from '#src/ui';
import { Compare } from './behaviour.tsx';
import { wordsOf } from './case-words.ts';
import { type Console, page, type Visit } from './door.tsx';
import {
  accountEventsPath,
  casePath,
  elevationPath,
  reviewsPath,
  searchPath,
  subjectLevels,
  subjectPath,
} from './paths.ts';
import { Hanging } from './hanging.tsx';
import { factsOf } from './subject-facts.tsx';
import { Entries, newestOf } from './timeline.tsx';
import { Verdict } from './verdict.tsx';

/** One thing that access hangs on: is it dangerous now, what hangs below it, what it did, and what to press. */
export function subjectPages(desk: Console): void {
  for (const level of subjectLevels)
    page(desk, { path: subjectPath(level, ':id'), permission: levelPermissions[level] }, (visit) =>
      show(visit, level),
    );
}

async function show(visit: Visit, level: Level) {
  const { ctx, staff, param } = visit;
  const subject = { level, id: param('id') };
  // First whether it is there at all: what is not has no activity either.
  const record = await lookAt(ctx, subject);
  const [newest, behaviour, cases] = await Promise.all([
    staff.permissions.has('timeline:read') ? newestOf(visit, level) : null,
    isCompared(level) && staff.permissions.has('behaviour:read') ? behaviourOf(ctx, subject) : null,
    staff.permissions.has('cases:read') ? openCasesAbout(ctx, `${level}:${record.id}`) : [],
  ]);
  return {
    title: `${level} ${record.title || record.id}`,
    body: (
      <div class="stack-l">
        <header class="stack">
          <Crumb href={searchPath}>Find</Crumb>
          <div class="row apart">
            <h1>
              <span class="dim">{level}</span> {record.title || record.id}
            </h1>
            <Chip tone={tones[record.standing.state]}>{record.standing.state}</Chip>
          </div>
          <Verdict record={record} />
          {cases.map((one) => (
            <Note tone="bad" title={`A case is open: ${wordsOf({ ...one, evidence: {} }).title}`}>
              <p>
                <a href={casePath(one.id)}>Decide it</a>
              </p>
            </Note>
          ))}
          <Press record={record} staff={staff} />
        </header>
        <div class="halves">
          <section class="stack" aria-labelledby="facts">
            <h2 id="facts">What it is</h2>
            <Facts
              facts={[
                ['Id', <Copyable text={record.id} name="the id" />],
                ['Made', <When at={record.created_at} exact />],
                record.made ? ['Made by', <code>{record.made.by}</code>] : null,
                ...factsOf(record),
              ]}
            />
          </section>
          <Hanging record={record} />
        </div>
        {behaviour ? <Compare behaviour={behaviour} /> : null}
        {newest ? <Newest at={subjectPath(level, record.id)} entries={newest} /> : null}
      </div>
    ),
  };
}

/** Those whose use is counted by what they are. */
const isCompared = (level: Level): boolean => ['partner', 'app', 'user', 'grant'].includes(level);

function Newest({ at, entries }: { at: string; entries: Entry[] }) {
  return (
    <section class="stack" aria-labelledby="activity">
      <div class="row apart">
        <h2 id="activity">Activity</h2>
        <a href={`${at}/timeline`}>All of it, with a filter</a>
      </div>
      {entries.length === 0 ? <p class="dim">Nothing is on record.</p> : <Entries entries={entries} />}
    </section>
  );
}

type State = ShownRecord['standing']['state'];

const tones: Record<State, Tone> = {
  active: 'good',
  suspended: 'wait',
  revoked: 'off',
  expired: 'off',
  ended: 'off',
  closed: 'off',
  erased: 'off',
};

/** What to press: at most three things, the dangerous one by its colour and its words. */
function Press({ record, staff }: { record: ShownRecord; staff: Staff }) {
  const { level, id, standing, masked } = record;
  const at = subjectPath(level, id);
  const isOwnSuspension = standing.state === 'suspended' && standing.because?.of === `${level}:${id}`;
  const mayStop = staff.permissions.has('revocations:preview');
  const mayUnmask =
    staff.permissions.has('people:unmask') && (level === 'user' || level === 'account' || level === 'grant');
  const grant = record.facts['grant'];
  return (
    <div class="row">
      {mayStop ? (
        <a class="button primary danger" href={`${at}/stop`}>
          Stop it
        </a>
      ) : null}
      {mayStop && isOwnSuspension ? (
        <a class="button" href={`${at}/lift`} data-dialog>
          Lift the suspension
        </a>
      ) : null}
      {mayStop && level === 'token' && typeof grant === 'string' ? (
        <a class="button" href={`${subjectPath('grant', grant)}/stop`}>
          Suspend its grant instead
        </a>
      ) : null}
      {level === 'account' && staff.permissions.has('timeline:read') ? (
        <a class="button" href={accountEventsPath(id)}>
          Its events
        </a>
      ) : null}
      {level === 'partner' ? (
        <a class="button" href={reviewsPath(id)}>
          Its reviews
        </a>
      ) : null}
      {masked && mayUnmask ? (
        <a class="button" href={withQuery(elevationPath, { need: 'people:unmask', next: at })}>
          Show names as they are
        </a>
      ) : null}
    </div>
  );
}
