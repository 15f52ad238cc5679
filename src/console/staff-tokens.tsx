import {
  createOwnStaffToken,
  endStaffToken,
  findStaffToken,
  listStaffTokens,
  mayNow,
  type Permission,
  permissionNames,
  roles,
  staffRoles,
} from '#src/staff';
import { type Form, Question, Secret, When, withQuery, type Wrong, wrongOf } from '#src/ui';
import { AskForPower } from './ask-for-power.tsx';
import { type Console, deed, page, type Shown, type Visit } from './door.tsx';
import { staffTokensPath } from './paths.ts';
import { atField } from './reason.ts';
import { MakeToken, type TokenWish, tokenLives } from './staff-token-form.tsx';
import { StaffTabs } from './staff-tabs.tsx';
import { NoTokens, TokenList } from './staff-token-list.tsx';
import { Pager, pageAsked } from './pager.tsx';

/** Tokens for scripts of staff: which there are, making one of what one may, and ending one. */
export function staffTokenPages(desk: Console): void {
  page(desk, { path: staffTokensPath, permission: null }, (visit) => shown(visit));
  deed(desk, { path: staffTokensPath, permission: 'staff:script' }, async (visit) => {
    const { ctx, form } = visit;
    const wish = wishIn(form);
    try {
      const permissions = permissionsOf(visit, wish);
      const made = await createOwnStaffToken(ctx, {
        label: labelOf(wish),
        permissions,
        lifeMs: lifeOf(wish) * 60_000,
      });
      return madePage(wish.label, made);
    } catch (error) {
      const names = { label: 'label', permissions: 'roles', minutes: 'minutes' };
      return { ...(await shown(visit, wish, wrongOf(error, names))), status: 422 };
    }
  });
  // For what is one's own it takes no role; a colleague's is asked for inside.
  const path = `${staffTokensPath}/:id/revoke`;
  page(desk, { path, permission: null }, question);
  deed(desk, { path, permission: null }, async ({ ctx, param }) => {
    await endStaffToken(ctx, param('id'));
    return { to: withQuery(staffTokensPath, { done: 'token_ended' }) };
  });
}

const wishIn = (form: Form): TokenWish => ({
  label: form.one('label'),
  roles: form.many('roles'),
  permissions: form.many('permissions'),
  minutes: form.one('minutes'),
});

function labelOf({ label }: TokenWish): string {
  if (label !== '' && label.length <= 100) return label;
  throw atField('label', 'Give it a name of at most 100 letters.');
}

function lifeOf({ minutes }: TokenWish): number {
  const known = tokenLives.find(([value]) => value === minutes);
  if (known) return Number(known[0]);
  throw atField('minutes', 'Choose how long it lives.');
}

/** All of the roles that were ticked, and the single ones. Throws 422 for none. */
function permissionsOf({ staff }: Visit, wish: TokenWish): Permission[] {
  const asked = new Set<string>([
    ...staffRoles
      .filter((role) => wish.roles.includes(role) && staff.roles.includes(role))
      .flatMap((role): readonly Permission[] => roles[role]),
    ...wish.permissions,
  ]);
  const known = permissionNames.filter((name) => asked.has(name));
  if (known.length > 0) return known;
  throw atField('permissions', 'Tick what it may do.');
}

async function shown(visit: Visit, wish?: TokenWish, wrong: Wrong = new Map()): Promise<Shown> {
  const { ctx, staff, query } = visit;
  const of = query.get('of') === 'all' && staff.permissions.has('staff:read') ? 'all' : 'own';
  const asked = pageAsked(query);
  const { data, next_cursor: next } = await listStaffTokens(ctx, {
    of,
    ...asked,
  });
  const here = { of: of === 'all' ? 'all' : null };
  return {
    title: 'Staff tokens',
    body: (
      <div class="stack-l">
        <section class="stack">
          <div class="row apart">
            <h1>Staff tokens</h1>
            <StaffTabs at={of} staff={staff} />
          </div>
          <p class="lead">
            For scripts that call the API for staff. Each does what it was made for and what its maker’s roles
            allow at that moment, and ends by itself after eight hours at most.
          </p>
          {data.length === 0 ? <NoTokens of={of} /> : <TokenList tokens={data} staff={staff} of={of} />}
          <Pager at={staffTokensPath} kept={here} asked={asked} next={next} />
        </section>
        {staff.permissions.has('staff:script') ? (
          <section class="stack form" aria-labelledby="make">
            <h2 id="make">Make a token</h2>
            {mayNow(staff, 'staff:script') ? (
              <MakeToken
                staff={staff}
                wish={wish ?? { label: '', roles: [], permissions: [], minutes: '60' }}
                wrong={wrong}
              />
            ) : (
              <AskForPower ctx={ctx} need={['staff:script']} next={staffTokensPath} />
            )}
          </section>
        ) : null}
      </div>
    ),
  };
}

function madePage(label: string, made: Awaited<ReturnType<typeof createOwnStaffToken>>): Shown {
  return {
    title: 'Your staff token',
    status: 201,
    body: (
      <div class="stack form">
        <h1>{label}</h1>
        <Secret text={made.token} name="Token">
          <p>
            This is the only time that it is shown. Lost it? Make another one and revoke this. It ends{' '}
            <When at={made.expiresAt.toISOString()} exact />.
          </p>
          <p>It may: {made.permissions.join(', ')}.</p>
        </Secret>
        <pre>{`curl -H "Authorization: Bearer $PATCHBAY_STAFF_TOKEN" …/admin/v1/me`}</pre>
        <p class="dim">
          What is sensitive of it stays closed until you elevate it, from a session of yours:{' '}
          <code>POST /admin/v1/elevations</code> with <code>{`"token":"${made.id}"`}</code>.
        </p>
        <p>
          <a class="button" href={staffTokensPath}>
            I have it
          </a>
        </p>
      </div>
    ),
  };
}

async function question({ ctx, staff, param }: Visit): Promise<Shown> {
  const { id, label, name, isOwn } = await findStaffToken(ctx, param('id'));
  const title = `Revoke “${label}”`;
  const at = `${staffTokensPath}/${id}/revoke`;
  if (!isOwn && !mayNow(staff, 'staff:manage'))
    return {
      title,
      body: (
        <div class="stack form">
          <h1>{title}</h1>
          <p>It is a token of {name}. Ending a colleague’s takes the permission to take roles.</p>
          <AskForPower ctx={ctx} need={['staff:manage']} next={at} />
        </div>
      ),
    };
  return {
    title,
    body: (
      <Question
        title={`${title}?`}
        action={at}
        back={isOwn ? staffTokensPath : `${staffTokensPath}?of=all`}
        backName="Staff tokens"
        button="Revoke it"
        isDangerous
      >
        <p>
          {isOwn ? 'Your scripts' : `The scripts of ${name}`} are refused from that moment. Nobody can bring
          it back; another one is made in a minute.
        </p>
      </Question>
    ),
  };
}
