import { decideApproval, refusedWords } from '#src/approvals';
import { PatchbayError } from '#src/errors';
import { oneApproval, type StaffApproval } from '#src/inquiry';
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
import { approvalTones, sentTo } from './approvals.tsx';
import { Receives } from './approval-receives.tsx';
import { Choice } from './choice.tsx';
import { type Answered, type Console, deed, page, type Shown, type Visit } from './door.tsx';
import { approvalPath, approvalsPath, subjectPath } from './paths.ts';
import { reasonOf } from './reason.ts';
import { AnyId } from './subject-link.tsx';
import { WhoMay } from './who-may.tsx';

const decisions = [
  ['approve', 'approved'],
  ['refuse', 'refused'],
] as const;

/** One subscription that had to wait: who asks, what it would be sent, why it waits, and the decision. */
export function approvalPages(desk: Console): void {
  const path = approvalPath(':id');
  page(desk, { path, permission: 'approvals:read' }, (visit) => show(visit));
  for (const [verb, outcome] of decisions)
    deed(desk, { path: `${path}/${verb}`, permission: 'approvals:decide' }, (visit) =>
      decide(visit, verb, outcome),
    );
}

async function decide(
  visit: Visit & { form: Form },
  verb: 'approve' | 'refuse',
  outcome: 'approved' | 'refused',
): Promise<Answered> {
  const { ctx, staff, param, form } = visit;
  try {
    await decideApproval(
      ctx,
      { actor: staffActor(staff), requestId: ctx.requestId },
      { id: param('id'), version: versionIn(form), outcome, note: reasonOf(form, verb) },
    );
    return { to: withQuery(approvalsPath, { done: outcome }) };
  } catch (error) {
    const status = error instanceof PatchbayError && error.status !== 404 ? error.status : 409;
    return { ...(await show(visit, { [verb]: form.one(verb) }, wrongIn(error, verb))), status };
  }
}

/** As it was looked at: a form that somebody has made up decides about nothing. */
function versionIn(form: Form): number {
  const version = Number(form.one('version'));
  if (Number.isSafeInteger(version) && version > 0) return version;
  throw new PatchbayError('validation_failed', { public: 'Look at it once more, then decide.' });
}

/** What waits no more was decided by somebody else meanwhile; what was never there is said by the page itself. */
const wrongIn = (error: unknown, verb: string): Wrong =>
  error instanceof PatchbayError && error.status === 404
    ? new Map([['', 'It waits no more: somebody else was faster. This is how it stands.']])
    : wrongOf(error, { [verb]: verb });

async function show(
  visit: Visit,
  filled: Record<string, string> = {},
  wrong: Wrong = new Map(),
): Promise<Shown> {
  const { ctx, staff, param } = visit;
  const found = await oneApproval(ctx, param('id'));
  const [tone, word] = approvalTones[found.state];
  const who = found.app?.name ?? found.account_name ?? 'An account’s own automation';
  return {
    title: `Approval: ${who}`,
    body: (
      <div class="stack-l">
        <header class="stack">
          <Crumb href={approvalsPath}>Approvals</Crumb>
          <div class="row apart">
            <h1>
              {who} <span class="dim">to</span> {sentTo(found.host)}
            </h1>
            <Chip tone={tone}>{word}</Chip>
          </div>
          <Verdict found={found} />
          <WrongSummary wrong={wrong} title="Nothing was decided" />
        </header>
        <Why found={found} />
        <div class="halves">
          <WhoAsks found={found} />
          <Receives found={found} />
        </div>
        {found.state === 'pending' ? (
          <Decide found={found} staff={staff} filled={filled} wrong={wrong} />
        ) : null}
        <Decided found={found} />
      </div>
    ),
  };
}

function Verdict({ found: { state, updated_at: at } }: { found: StaffApproval }) {
  switch (state) {
    case 'pending':
      return (
        <p class="verdict">
          Asked <When at={at} />. Until staff decide, nothing is matched, queued or sent for it.
        </p>
      );
    case 'approved':
      return <p class="verdict">It is sent what it matches. Changed, it may have to wait again.</p>;
    case 'refused':
      return (
        <>
          <p class="verdict">It stays inert, until its owner changes it: then it waits again.</p>
          <Note tone="plain" title="What its owner reads">
            <p>“{refusedWords}”</p>
          </Note>
        </>
      );
    default:
      return state satisfies never;
  }
}

function Why({ found: { state, rule, rule_names: names, asks } }: { found: StaffApproval }) {
  return (
    <section class="stack" aria-labelledby="why">
      <h2 id="why">{state === 'pending' ? 'Why it waits' : 'Why it had to wait'}</h2>
      <ul class="points">
        {rule && names ? (
          <li>
            A rule asks for it: “{rule.note}” <span class="dim">It looks for {lookedFor(names)}.</span>
          </li>
        ) : null}
        {asks.map((why) => (
          <li>Its connector asks for it: {why}</li>
        ))}
        {rule === null && asks.length === 0 ? <li>Its connector asked for it, as it was made.</li> : null}
      </ul>
    </section>
  );
}

/** What a rule names, in a phrase: all of it must fit. */
export function lookedFor({
  app,
  scopes,
  event_types: types,
}: NonNullable<StaffApproval['rule_names']>): string {
  const or = (words: readonly string[]) => new Intl.ListFormat('en', { type: 'disjunction' }).format(words);
  return [
    app === null ? 'any app or account' : `the app ${app}`,
    types.length > 0 ? `that wants ${or(types)}` : '',
    scopes.length > 0
      ? `${types.length > 0 ? 'and would see' : 'that would see'} something by ${or(scopes)}`
      : '',
  ]
    .filter(Boolean)
    .join(' ');
}

type DecideProps = { found: StaffApproval; staff: Staff; filled: Record<string, string>; wrong: Wrong };

function Decide({ found, staff, filled, wrong }: DecideProps) {
  if (!staff.permissions.has('approvals:decide')) return <WhoMay decide="approvals:decide" />;
  const at = approvalPath(found.subscription);
  const shared = {
    about: { version: found.version },
    wrong,
    hint: 'For the trail: staff alone read it. No personal data.',
  };
  return (
    <div class="choices">
      <Choice
        {...shared}
        name="approve"
        title="Approve it"
        action={`${at}/approve`}
        says="From now on it is sent what it matches. What came while it waited is not sent by itself: its owner may replay it."
        button="Approve"
        isGrave={false}
        reason={filled['approve'] ?? ''}
      />
      <Choice
        {...shared}
        name="refuse"
        title="Refuse it"
        action={`${at}/refuse`}
        says={`It stays inert. Its owner reads: “${refusedWords}”`}
        button="Refuse"
        isGrave
        reason={filled['refuse'] ?? ''}
      />
    </div>
  );
}

function WhoAsks({ found }: { found: StaffApproval }) {
  const {
    app,
    partner,
    account,
    account_name: name,
    made_by: madeBy,
    via,
    subscription,
    created_at: made,
  } = found;
  return (
    <section class="stack" aria-labelledby="who">
      <h2 id="who">Who asks</h2>
      <Facts
        facts={[
          app
            ? ['App', <a href={subjectPath('app', app.id)}>{app.name}</a>]
            : ['App', 'none: an account’s own automation'],
          partner ? ['Partner', <a href={subjectPath('partner', partner.id)}>{partner.name}</a>] : null,
          account === null
            ? ['Account', 'all who have connected the app']
            : ['Account', <a href={subjectPath('account', account)}>{name ?? account}</a>],
          ['Made with', <AnyId text={madeBy} />],
          via === 'hook' ? ['By way of', 'REST hooks, as Zapier does'] : null,
          ['Made', <When at={made} exact />],
          ['Subscription', <Copyable text={subscription} name="the subscription’s id" />],
        ]}
      />
    </section>
  );
}

function Decided({ found: { decisions: made } }: { found: StaffApproval }) {
  if (made.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="decided">
      <h2 id="decided">Who decided</h2>
      <table>
        <caption class="vh">Decisions, newest first</caption>
        <thead>
          <tr>
            <th>Decision</th>
            <th>By</th>
            <th class="end">When</th>
          </tr>
        </thead>
        <tbody>
          {made.map(({ outcome, by, at, note }) => (
            <tr>
              <td>
                <Chip tone={approvalTones[outcome][0]}>{outcome}</Chip>
                <p>“{note}”</p>
              </td>
              <td>
                <AnyId text={by} />
              </td>
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
