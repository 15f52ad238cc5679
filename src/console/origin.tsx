import {
  decideSource,
  findSource,
  intentKinds,
  intentsWaiting,
  type SourceRow,
  sourcePattern,
} from '#src/intents';
import { PatchbayError } from '#src/errors';
import { originNames } from '#src/inquiry';
import { staffActor } from '#src/staff';
import {
  Chip,
  counted,
  Crumb,
  Facts,
  type Form,
  When,
  withQuery,
  type Wrong,
  WrongSummary,
  wrongOf,
} from '#src/ui';
import { Choice } from './choice.tsx';
import { type Answered, type Console, deed, page, type Shown, type Visit } from './door.tsx';
import { kindNames, originName } from './intent-words.ts';
import { originTones } from './origins.tsx';
import { intentsPath, originBase, originsPath } from './paths.ts';
import { reasonOf } from './reason.ts';
import { AnyId } from './subject-link.tsx';

const decisions = [
  ['approve', 'approved'],
  ['block', 'blocked'],
] as const;
type Origin = Pick<SourceRow, 'source' | 'kind'>;

/** One origin of one kind: what waits from it, and whether what comes goes straight to the marketplace. */
export function originPages(desk: Console): void {
  page(desk, { path: originBase, permission: 'intents:review' }, (visit) =>
    show(
      visit,
      originOf((name) => visit.query.get(name) ?? ''),
    ),
  );
  for (const [verb, state] of decisions)
    deed(desk, { path: `${originBase}/${verb}`, permission: 'intents:review' }, (visit) =>
      decide(visit, verb, state),
    );
}

/** 404: what is no origin's name must not reach the database. */
function originOf(read: (name: string) => string): Origin {
  const source = read('source');
  const kind = intentKinds.find((one) => one === read('kind'));
  if (kind && sourcePattern.test(source)) return { source, kind };
  throw new PatchbayError('not_found', { public: 'There is no such origin.' });
}

async function decide(
  visit: Visit & { form: Form },
  verb: 'approve' | 'block',
  state: 'approved' | 'blocked',
): Promise<Answered> {
  const { ctx, staff, form } = visit;
  const origin = originOf((name) => form.one(name));
  // Nobody approves by a slip what has never come.
  await findSource(ctx, origin);
  try {
    await decideSource(
      ctx,
      { actor: staffActor(staff), requestId: ctx.requestId },
      { ...origin, state, note: reasonOf(form, verb) },
    );
  } catch (error) {
    return {
      ...(await show(visit, origin, { [verb]: form.one(verb) }, wrongOf(error, { [verb]: verb }))),
      status: 422,
    };
  }
  return { to: withQuery(originBase, { ...origin, done: `origin_${state}` }) };
}

async function show(
  { ctx }: Visit,
  origin: Origin,
  filled: Record<string, string> = {},
  wrong: Wrong = new Map(),
): Promise<Shown> {
  const found = await findSource(ctx, origin);
  const [waiting, names] = await Promise.all([
    intentsWaiting(ctx, origin),
    originNames(ctx, [origin.source]),
  ]);
  const name = names.get(origin.source) ?? originName(origin.source);
  const { source, kind, state } = found;
  const [tone, word] = originTones[state];
  const n = waiting?.count ?? 0;
  return {
    title: `Origin ${name}`,
    body: (
      <div class="stack-l">
        <header class="stack">
          <Crumb href={originsPath}>Origins</Crumb>
          <div class="row apart">
            <h1>
              {kindNames[kind]} <span class="dim">from</span> {name}
            </h1>
            <Chip tone={tone}>{word}</Chip>
          </div>
          <p class="verdict">{verdicts[state]}</p>
          <WrongSummary wrong={wrong} title="Nothing was decided" />
        </header>
        <Facts
          facts={[
            [
              (source.split(':')[0] ?? '').replace(/^./, (first) => first.toUpperCase()),
              <AnyId text={originName(source)} />,
            ],
            [
              'Waits for a review',
              waiting ? (
                <>
                  <b>{counted(n, 'intent')}</b>, {n === 1 ? 'since' : 'the first since'}{' '}
                  <When at={waiting.since.toISOString()} />.{' '}
                  <a href={withQuery(intentsPath, { kind, from: source })}>
                    Look at {n === 1 ? 'it' : 'them'}
                  </a>
                </>
              ) : (
                'nothing'
              ),
            ],
            [
              'All that it asked',
              <a href={withQuery(intentsPath, { state: 'all', kind, from: source })}>In the last 90 days</a>,
            ],
            ['First seen', <When at={found.createdAt.toISOString()} exact />],
            found.decidedBy === null
              ? null
              : [
                  'Decided',
                  <>
                    <When at={found.updatedAt.toISOString()} exact /> by <AnyId text={found.decidedBy} />: “
                    {found.note}”
                  </>,
                ],
          ]}
        />
        <Decide found={found} waiting={n} filled={filled} wrong={wrong} />
      </div>
    ),
  };
}

const verdicts: Record<SourceRow['state'], string> = {
  pending: 'Nobody has decided about it: what it asks waits, one by one.',
  approved: 'What it asks goes straight to the marketplace.',
  blocked: 'Nothing is taken from it: whoever asks is answered 403.',
};

type DecideProps = { found: SourceRow; waiting: number; filled: Record<string, string>; wrong: Wrong };

function Decide({ found: { source, kind, state }, waiting, filled, wrong }: DecideProps) {
  const waits = waiting === 1 ? 'The intent that waits' : `The ${counted(waiting, 'intent')} that wait`;
  const shared = {
    about: { source, kind },
    hint: 'For the trail: staff alone read it. No personal data.',
    wrong,
  };
  return (
    <div class="choices">
      {state === 'approved' ? null : (
        <Choice
          {...shared}
          name="approve"
          title="Approve it"
          action={`${originBase}/approve`}
          says={`${waiting > 0 ? `${waits} will go to the marketplace at once, and what comes` : 'What comes'} goes straight there, without a look.`}
          button="Approve the origin"
          isGrave={false}
          reason={filled['approve'] ?? ''}
        />
      )}
      {state === 'blocked' ? null : (
        <Choice
          {...shared}
          name="block"
          title="Block it"
          action={`${originBase}/block`}
          says={`${waiting > 0 ? `${waits} will be refused, and nothing` : 'Nothing'} more of this kind is taken from there. You can approve it later; what was refused stays so.`}
          button="Block the origin"
          isGrave
          reason={filled['block'] ?? ''}
        />
      )}
    </div>
  );
}
