import { closingOf } from '#src/cases';
import { closeOneCase, oneCase } from '#src/inquiry';
import {
  Ask,
  Chip,
  Copyable,
  Crumb,
  Facts,
  Note,
  TextArea,
  When,
  withQuery,
  type Wrong,
  WrongSummary,
  wrongOf,
} from '#src/ui';
import { evidenceOf, wordsOf } from './case-words.ts';
import { type Console, deed, page, type Shown, type Visit } from './door.tsx';
import { casePath, casesPath, isSubjectLevel, subjectPath } from './paths.ts';
import { reasonOf } from './reason.ts';
import { valueOf } from './subject-facts.tsx';
import { AnyId, SubjectLink } from './subject-link.tsx';

type Case = Awaited<ReturnType<typeof oneCase>>;

/** One case: what was seen, what the hub did, what to press, and the note that closes it. */
export function casePages(desk: Console): void {
  page(desk, { path: casePath(':id'), permission: 'cases:read' }, (visit) => show(visit));
  deed(desk, { path: `${casePath(':id')}/close`, permission: 'cases:close' }, async (visit) => {
    const { ctx, param, form } = visit;
    try {
      await closeOneCase(ctx, param('id'), reasonOf(form, 'note'));
      return { to: withQuery(casesPath, { done: 'closed' }) };
    } catch (error) {
      return { ...(await show(visit, form.one('note'), wrongOf(error, { note: 'note' }))), status: 422 };
    }
  });
}

async function show({ ctx, staff, param }: Visit, note = '', wrong: Wrong = new Map()): Promise<Shown> {
  const found = await oneCase(ctx, param('id'));
  const { title, what, done, next } = wordsOf(found);
  const isOpen = found.state === 'open';
  const closing = isOpen ? null : await closingOf(ctx, found.id);
  return {
    title,
    body: (
      <div class="stack-l">
        <header class="stack">
          <Crumb href={casesPath}>Cases</Crumb>
          <div class="row apart">
            <h1>{title}</h1>
            <Chip tone={isOpen ? 'bad' : 'off'}>{found.state}</Chip>
          </div>
          <p class="verdict">{what}</p>
          <p>
            {done} {isOpen ? next : ''}
          </p>
          <WrongSummary wrong={wrong} title="It is not closed yet" />
          {closing ? (
            <Note tone="plain" title="What was found">
              <p>{closing.note}</p>
              <p class="dim small">
                Closed <When at={closing.at.toISOString()} /> by <AnyId text={closing.by} />
              </p>
            </Note>
          ) : null}
          {isOpen ? <Press found={found} mayStop={staff.permissions.has('revocations:preview')} /> : null}
        </header>
        <div class="halves">
          <section class="stack" aria-labelledby="evidence">
            <h2 id="evidence">The evidence</h2>
            <Facts
              facts={[
                ['About', <SubjectLink subject={found.subject} />],
                ['Opened', <When at={found.created_at} exact />],
                ...evidenceOf(found).map(([name, value]): [string, ReturnType<typeof valueOf>] => [
                  name,
                  valueOf(name.toLowerCase().replaceAll(' ', '_'), value),
                ]),
                ['Case', <Copyable text={found.id} name="the case’s id" />],
              ]}
            />
          </section>
          {isOpen && staff.permissions.has('cases:close') ? (
            <section class="stack" aria-labelledby="close">
              <h2 id="close">Close it</h2>
              <Ask action={`${casePath(found.id)}/close`} label="Close the case">
                <TextArea
                  name="note"
                  label="What did you find?"
                  value={note}
                  rows={3}
                  hint="It is written into the trail. What was suspended stays so until you lift or revoke it. No personal data."
                  wrong={wrong}
                />
                <p>
                  <button class="primary">Close the case</button>
                </p>
              </Ask>
            </section>
          ) : null}
        </div>
      </div>
    ),
  };
}

/** The two ways out, both a page that shows its reach first. */
function Press({ found: { kind, subject }, mayStop }: { found: Case; mayStop: boolean }) {
  const [level = '', id = ''] = subject.split(':');
  if (!isSubjectLevel(level)) return null;
  const at = subjectPath(level, id);
  const isHeld = kind === 'refresh_reuse' || kind === 'code_replay';
  return (
    <div class="row">
      {mayStop && isHeld ? (
        <>
          <a class="button primary" href={`${at}/lift`} data-dialog>
            It was honest: lift the suspension
          </a>
          <a class="button danger" href={`${at}/stop`}>
            It was a theft: revoke
          </a>
        </>
      ) : null}
      <a class="button" href={at}>
        Look at the {level}
      </a>
    </div>
  );
}
