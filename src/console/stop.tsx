import type { Level } from '#src/inquiry';
import {
  type Preview,
  previewRevocation,
  revocationReasons,
  revokeAccess,
  suspendAccess,
  suspensionReasons,
} from '#src/revocations';
import { mayNow, staffActor } from '#src/staff';
import { Crumb, type Form, When, withQuery, type Wrong, WrongSummary, wrongOf } from '#src/ui';
import { AskForPower } from './ask-for-power.tsx';
import { type Console, deed, page, type Shown, type Visit } from './door.tsx';
import { receiptPath, subjectLevels, subjectPath } from './paths.ts';
import { Reach } from './reach.tsx';
import { chosen, optionalNote } from './reason.ts';
import { reasonWords } from './reasons.ts';
import { Revoke, Suspend } from './stop-forms.tsx';

/** Ending access: how far it reaches first, the gentler step beside the one that cannot be taken back. */
export function stopPages(desk: Console): void {
  for (const level of subjectLevels) {
    const path = subjectPath(level, ':id');
    page(desk, { path: `${path}/stop`, permission: 'revocations:preview' }, (visit) =>
      question(visit, level),
    );
    deed(desk, { path: `${path}/revoke`, permission: 'revocations:create' }, (visit) =>
      orWrong(visit, level, async () => {
        const { ctx, staff, form } = visit;
        const { receipt } = await revokeAccess(ctx, staffActor(staff), {
          level,
          id: visit.param('id'),
          reason: chosen(form, 'reason', revocationReasons),
          note: optionalNote(form, 'note'),
          requestId: ctx.requestId,
        });
        return { to: receiptPath(receipt.id) };
      }),
    );
    if (level !== 'token')
      deed(desk, { path: `${path}/suspend`, permission: 'suspensions:create' }, (visit) =>
        orWrong(visit, level, async () => {
          const { ctx, staff, form } = visit;
          await suspendAccess(ctx, staffActor(staff), {
            level,
            id: visit.param('id'),
            reason: chosen(form, 'suspend_reason', suspensionReasons),
            note: optionalNote(form, 'suspend_note'),
            requestId: ctx.requestId,
          });
          return { to: withQuery(subjectPath(level, visit.param('id')), { done: 'suspended' }) };
        }),
      );
  }
}

/** What was filled in wrong is said beside the question, asked anew. */
async function orWrong(
  visit: Visit & { form: Form },
  level: Level,
  run: () => Promise<{ to: string }>,
): Promise<Shown | { to: string }> {
  try {
    return await run();
  } catch (error) {
    const names = {
      reason: 'reason',
      note: 'note',
      suspend_reason: 'suspend_reason',
      suspend_note: 'suspend_note',
    };
    return { ...(await question(visit, level, visit.form, wrongOf(error, names))), status: 422 };
  }
}

async function question(
  visit: Visit,
  level: Level,
  form: Form | null = null,
  wrong: Wrong = new Map(),
): Promise<Shown> {
  const filled = (name: string) => form?.one(name) ?? '';
  const { ctx, staff, param } = visit;
  const preview = await previewRevocation(ctx, { level, id: param('id') });
  const back = subjectPath(level, preview.id);
  const maySuspend = level !== 'token' && mayNow(staff, 'suspensions:create');
  const mayRevoke = mayNow(staff, 'revocations:create');
  return {
    title: `Stop ${level}`,
    body: (
      <div class="stack-l">
        <header>
          <Crumb href={back}>
            {level} {preview.name ?? preview.id}
          </Crumb>
          <h1>
            Stop {level} {preview.name ?? <code>{preview.id}</code>}
          </h1>
          <Standing preview={preview} />
          <WrongSummary wrong={wrong} title="Nothing was stopped" />
        </header>
        <Reach preview={preview} />
        {maySuspend || mayRevoke ? (
          <div class="choices">
            {maySuspend ? (
              <Suspend
                at={back}
                isSuspended={preview.standing === 'suspended'}
                filled={filled}
                wrong={wrong}
              />
            ) : null}
            {mayRevoke ? <Revoke at={back} level={level} filled={filled} wrong={wrong} /> : null}
          </div>
        ) : (
          <section class="stack form" aria-labelledby="power">
            <h2 id="power">First say why you need to stop it</h2>
            <AskForPower
              ctx={ctx}
              need={['revocations:create', 'suspensions:create']}
              next={`${back}/stop`}
            />
          </section>
        )}
        <p>
          <a class="button" href={back}>
            Leave it as it is
          </a>
        </p>
      </div>
    ),
  };
}

function Standing({ preview }: { preview: Preview }) {
  const { standing, suspended_at: suspendedAt, last_revocation: last } = preview;
  return (
    <>
      {standing === 'suspended' && suspendedAt ? (
        <p>
          It is suspended since <When at={suspendedAt} />: nothing passes now.
        </p>
      ) : null}
      {standing === 'ended' ? <p>It has ended already. Revoking it again changes nothing.</p> : null}
      {last ? (
        <p>
          Last revoked <When at={last.created_at} />: {reasonWords(last.reason)}.{' '}
          <a href={receiptPath(last.id)}>Its receipt</a>
        </p>
      ) : null}
    </>
  );
}
