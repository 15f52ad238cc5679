import { elevate, endElevation, type Permission } from '#src/staff';
import { Ask, Facts, When, withQuery, type Wrong, WrongSummary, wrongOf } from '#src/ui';
import { AskForPower, sensitiveOf } from './ask-for-power.tsx';
import { type Console, deed, page, type Shown, type Visit } from './door.tsx';
import { apiPath, elevationPath, home } from './paths.ts';
import { atField, reasonOf } from './reason.ts';

type Wish = { need: Permission[]; next: string; reason: string; wrong: Wrong };

/** What one may for a while, why and until when; asking for it, and giving it back. */
export function elevationPages(desk: Console): void {
  page(desk, { path: elevationPath, permission: null }, async (visit) => {
    const { query, staff } = visit;
    const need = sensitiveOf(staff).filter((one) => one === query.get('need'));
    return shown(visit, { need, next: nextOf(query.get('next') ?? ''), reason: '', wrong: new Map() });
  });
  deed(desk, { path: elevationPath, permission: null }, async (visit) => {
    const { ctx, staff, form } = visit;
    const next = nextOf(form.one('next'));
    const need = sensitiveOf(staff).filter((one) => form.many('permissions').includes(one));
    try {
      if (need.length === 0) throw atField('permissions', 'Tick what you need it for.');
      await elevate(ctx, { permissions: need, reason: reasonOf(form, 'reason'), token: null });
      return { to: withQuery(next, { done: 'elevated' }) };
    } catch (error) {
      const wrong = wrongOf(error, { reason: 'reason', permissions: 'permissions' });
      return { ...shown(visit, { need, next, reason: form.one('reason'), wrong }), status: 422 };
    }
  });
  deed(desk, { path: `${elevationPath}/end`, permission: null }, async ({ ctx, staff, form }) => {
    // Two clicks, or its end came first: it is given back either way.
    if (staff.elevation) await endElevation(ctx, staff.elevation.id);
    return { to: withQuery(nextOf(form.one('next')), { done: 'given_back' }) };
  });
}

/** Only a page of the console itself: what stands in an address is anybody's. */
const nextOf = (next: string): string =>
  /^\/admin(?:\/[\w/-]*)?$/.test(next) && !next.startsWith(apiPath) ? next : home;

function shown({ ctx, staff }: Visit, { need, next, reason, wrong }: Wish): Shown {
  const { elevation } = staff;
  return {
    title: 'Elevation',
    body: (
      <div class="stack form">
        <h1>{elevation ? 'You are elevated' : 'Ask for an elevation'}</h1>
        <WrongSummary wrong={wrong} title="Nothing is open yet" />
        {elevation ? (
          <>
            <Facts
              facts={[
                ['For', elevation.permissions.join(', ')],
                ['Because', elevation.reason],
                ['Until', <When at={elevation.until.toISOString()} exact />],
              ]}
            />
            <Ask action={`${elevationPath}/end`} label="Give it back now">
              <input type="hidden" name="next" value={next} />
              <button class="primary">Give it back now</button>
            </Ask>
            <h2>Another one in its place</h2>
          </>
        ) : (
          <p class="lead">
            What is sensitive (personal data as it is, revoking, suspending) is closed until you say why. It
            closes again by itself.
          </p>
        )}
        <AskForPower ctx={ctx} need={need} next={next} reason={reason} wrong={wrong} />
      </div>
    ),
  };
}
