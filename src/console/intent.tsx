import { reviewIntent } from '#src/intents';
import { type IntentRecord, oneIntent } from '#src/inquiry';
import { type Staff, staffActor } from '#src/staff';
import {
  Chip,
  Copyable,
  Crumb,
  Facts,
  type Form,
  Note,
  When,
  withQuery,
  type Wrong,
  WrongSummary,
  wrongOf,
} from '#src/ui';
import { Choice } from './choice.tsx';
import { type Answered, type Console, deed, page, type Shown, type Visit } from './door.tsx';
import { Content } from './intent-content.tsx';
import { originName, standingOf, stepsOf, titleOf, verdictOf } from './intent-words.ts';
import { elevationPath, intentPath, intentsPath, originPath, subjectPath } from './paths.ts';
import { reasonOf } from './reason.ts';
import { AnyId } from './subject-link.tsx';

/** One thing that was asked: what it says, who asks, what became of it, and the decision about it. */
export function intentPages(desk: Console): void {
  const path = intentPath(':id');
  page(desk, { path, permission: 'intents:review' }, (visit) => show(visit));
  for (const decision of ['approve', 'refuse'] as const)
    deed(desk, { path: `${path}/${decision}`, permission: 'intents:review' }, (visit) =>
      review(visit, decision),
    );
}

async function review(visit: Visit & { form: Form }, decision: 'approve' | 'refuse'): Promise<Answered> {
  const { ctx, staff, param, form } = visit;
  try {
    await reviewIntent(
      ctx,
      { actor: staffActor(staff), requestId: ctx.requestId },
      { id: param('id'), decision, reason: reasonOf(form, decision) },
    );
    return { to: withQuery(intentsPath, { done: decision === 'approve' ? 'let_through' : 'turned_away' }) };
  } catch (error) {
    const wrong = wrongOf(error, { [decision]: decision });
    return { ...(await show(visit, { [decision]: form.one(decision) }, wrong)), status: 422 };
  }
}

async function show(
  visit: Visit,
  filled: Record<string, string> = {},
  wrong: Wrong = new Map(),
): Promise<Shown> {
  const { ctx, staff, param } = visit;
  const found = await oneIntent(ctx, param('id'));
  const [tone, word] = standingOf(found);
  return {
    title: titleOf(found),
    body: (
      <div class="stack-l">
        <header class="stack">
          <Crumb href={intentsPath}>Intents</Crumb>
          <div class="row apart">
            <h1>{titleOf(found)}</h1>
            <Chip tone={tone}>{word}</Chip>
          </div>
          <p class="verdict">{verdictOf(found)}</p>
          <Result found={found} />
          <WrongSummary wrong={wrong} title="Nothing was decided" />
        </header>
        <div class="halves">
          <section class="stack" aria-labelledby="content">
            <h2 id="content">What it says</h2>
            {found.masked ? <Hidden found={found} staff={staff} /> : null}
            <Content found={found} />
          </section>
          <WhoAsks found={found} />
        </div>
        {found.state === 'pending_review' ? <Review found={found} filled={filled} wrong={wrong} /> : null}
        <Steps found={found} />
      </div>
    ),
  };
}

/** What came of it: a thing of the marketplace, or a reason. */
function Result({ found: { state, result, subject, reason } }: { found: IntentRecord }) {
  if (result === 'accepted' && subject)
    return (
      <Note tone="good" title="What came of it">
        <p>
          <Copyable text={subject} name="what came of it" />
        </p>
      </Note>
    );
  if ((state === 'refused' || result === 'refused') && reason)
    return (
      <Note tone="bad" title="What who asked reads">
        <p>“{reason}”</p>
      </Note>
    );
  return null;
}

function Hidden({ found, staff }: { found: IntentRecord; staff: Staff }) {
  return (
    <Note tone="plain">
      <p>What somebody has written is hidden: it may name anybody.</p>
      {staff.permissions.has('people:unmask') ? (
        <p class="press">
          <a
            class="button"
            href={withQuery(elevationPath, { need: 'people:unmask', next: intentPath(found.id) })}
          >
            Show it as it is
          </a>
        </p>
      ) : null}
    </Note>
  );
}

function WhoAsks({ found }: { found: IntentRecord }) {
  const { source, kind, app, app_name: appName, account, account_name: accountName } = found;
  return (
    <section class="stack" aria-labelledby="who">
      <h2 id="who">Who asks</h2>
      <Facts
        facts={[
          ['Origin', <a href={originPath(source, kind)}>{appName ?? originName(source)}</a>],
          app ? ['App', <a href={subjectPath('app', app)}>{appName ?? app}</a>] : null,
          found.partner ? ['Partner', <AnyId text={found.partner} />] : null,
          account
            ? ['Account', <a href={subjectPath('account', account)}>{accountName ?? account}</a>]
            : ['Account', 'none: the partner asks for itself'],
          found.user ? ['User', <AnyId text={found.user} />] : null,
          found.grant ? ['Grant', <AnyId text={found.grant} />] : null,
          found.connection ? ['Connection', <code>{found.connection}</code>] : null,
          found.env === 'test' ? ['Data', 'test'] : null,
          ['Asked', <When at={found.created_at} exact />],
          ['Intent', <Copyable text={found.id} name="the intent’s id" />],
        ]}
      />
    </section>
  );
}

type ReviewProps = { found: IntentRecord; filled: Record<string, string>; wrong: Wrong };

function Review({ found: { id, source, kind }, filled, wrong }: ReviewProps) {
  return (
    <section class="stack" aria-labelledby="review">
      <h2 id="review">Decide</h2>
      <p>
        About this one alone, or about all of this kind that comes from there:{' '}
        <a href={originPath(source, kind)}>decide about its origin</a>.
      </p>
      <div class="choices">
        <Choice
          name="approve"
          title="Let this one through"
          action={`${intentPath(id)}/approve`}
          says="The marketplace reads it and answers. The next one from there waits again."
          hint="For the trail: staff alone read it. No personal data."
          button="Let it through"
          isGrave={false}
          reason={filled['approve'] ?? ''}
          wrong={wrong}
        />
        <Choice
          name="refuse"
          title="Refuse this one"
          action={`${intentPath(id)}/refuse`}
          says="It ends here. The next one from there waits again."
          hint="Who asked reads this, and the trail keeps it."
          button="Refuse it"
          isGrave
          reason={filled['refuse'] ?? ''}
          wrong={wrong}
        />
      </div>
    </section>
  );
}

function Steps({ found }: { found: IntentRecord }) {
  return (
    <section class="stack" aria-labelledby="steps">
      <h2 id="steps">What happened</h2>
      <table>
        <caption class="vh">What happened to it, oldest first</caption>
        <thead>
          <tr>
            <th>What</th>
            <th>By</th>
            <th class="end">When</th>
          </tr>
        </thead>
        <tbody>
          {stepsOf(found).map(({ at, words, by }) => (
            <tr>
              <td>{words}</td>
              <td>{by === null ? null : <AnyId text={by} />}</td>
              <td class="end dim">
                <When at={at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
