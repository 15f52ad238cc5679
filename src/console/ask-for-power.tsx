import { authenticatedAt } from '#src/sessions';
import { beginPath } from '#src/sign-in';
import { isSensitive, type Permission, permissions, type Staff, type StaffCtx } from '#src/staff';
import { Ask, Note, TextArea, type Wrong, WrongAt } from '#src/ui';
import { elevationPath } from './paths.ts';

type Props = {
  ctx: StaffCtx;
  /** What the next step takes; it is ticked. */
  need: readonly Permission[];
  /** The page to go on with. */
  next: string;
  reason?: string;
  wrong?: Wrong;
};

/** The form that asks for sensitive permissions, where it is needed: what, why, and how long it will hold. */
export async function AskForPower({ ctx, need, next, reason = '', wrong = new Map() }: Props) {
  const { staff, settings } = ctx;
  // What the next step takes stands first: at night nobody reads the others.
  const offered = sensitiveOf(staff).toSorted((a, b) => Number(need.includes(b)) - Number(need.includes(a)));
  const minutes = Math.round(settings.elevationMs / 60_000);
  if (offered.length === 0) return <p>Your roles have nothing sensitive, so there is nothing to ask for.</p>;
  if (!(await isFresh(ctx))) return <SignInAgain ctx={ctx} next={next} />;
  return (
    <Ask action={elevationPath} label="Ask for an elevation">
      <fieldset id="permissions" tabindex={-1}>
        <legend>What for?</legend>
        <WrongAt name="permissions" wrong={wrong} />
        {offered.map((one) => (
          <label class="pick">
            <input
              type="checkbox"
              name="permissions"
              value={one}
              checked={need.includes(one) || isHeld(staff, one)}
            />
            <span>
              <b>{permissions[one].about}</b>
              <br />
              <span class="dim small">{one}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <TextArea
        name="reason"
        label="Why?"
        value={reason}
        rows={2}
        hint={`It is written into the trail, and stands on your pages for the ${minutes} minutes that it holds. No personal data.`}
        wrong={wrong}
      />
      <input type="hidden" name="next" value={next} />
      <p>
        <button class="primary">Elevate me for {minutes} minutes</button>
      </p>
    </Ask>
  );
}

export const sensitiveOf = ({ permissions: held }: Staff): Permission[] => [...held].filter(isSensitive);

const isHeld = ({ elevation }: Staff, one: Permission): boolean =>
  elevation?.permissions.includes(one) === true;

async function isFresh({ staff, store, clock, settings }: StaffCtx): Promise<boolean> {
  const { id, since } = staff.via;
  if (since === null) return false;
  const at = await authenticatedAt({ store }, { id, createdAt: since });
  return clock.ms() - at.getTime() <= settings.elevationSignInMs;
}

function SignInAgain({ ctx, next }: { ctx: StaffCtx; next: string }) {
  const minutes = Math.round(ctx.settings.elevationSignInMs / 60_000);
  const atIssuer = beginPath(ctx, next, true);
  return (
    <Note tone="wait" title="Sign in once more first">
      <p>
        An elevation takes a sign-in of the last {minutes} minutes, so that an open browser is not enough.
      </p>
      {atIssuer === null ? (
        <Ask action="/portal/sign-out" label="Sign out">
          <p class="press">
            <button class="primary">Sign out, and in again by a new link</button>
          </p>
        </Ask>
      ) : (
        <p class="press">
          <a class="button primary" href={atIssuer}>
            Sign in again
          </a>
        </p>
      )}
    </Note>
  );
}
