import { idPattern } from '#src/columns';
import {
  endRole,
  grantRole,
  listStaff,
  mayNow,
  permissions,
  refuseOneself,
  roles,
  staffActor,
  staffRoles,
} from '#src/staff';
import {
  Ask,
  counted,
  type Form,
  Select,
  TextField,
  When,
  withQuery,
  type Wrong,
  WrongSummary,
  wrongOf,
} from '#src/ui';
import { AskForPower } from './ask-for-power.tsx';
import { type Console, deed, page, type Shown, type Visit } from './door.tsx';
import { staffPath, subjectPath } from './paths.ts';
import { atField } from './reason.ts';
import { StaffTabs } from './staff-tabs.tsx';

type Held = Awaited<ReturnType<typeof listStaff>>[number];
type Filled = { user: string; role: string; wrong: Wrong };

/** Who has which role, and what each role may do; giving and taking, but never one's own. */
export function staffPages(desk: Console): void {
  page(desk, { path: staffPath, permission: 'staff:read' }, (visit) =>
    shown(visit, { user: '', role: 'support', wrong: new Map() }),
  );
  deed(desk, { path: staffPath, permission: 'staff:manage' }, async (visit) => {
    const { ctx, form } = visit;
    try {
      await grantRole(ctx, await changeOf(visit, form));
      return { to: withQuery(staffPath, { done: 'role_given' }) };
    } catch (error) {
      const wrong = wrongOf(error, { user: 'user', role: 'role' });
      return {
        ...(await shown(visit, { user: form.one('user'), role: form.one('role'), wrong })),
        status: 422,
      };
    }
  });
  deed(desk, { path: `${staffPath}/end`, permission: 'staff:manage' }, async (visit) => {
    await endRole(visit.ctx, await changeOf(visit, visit.form));
    return { to: withQuery(staffPath, { done: 'role_taken' }) };
  });
}

async function changeOf({ ctx }: Visit, form: Form): Promise<Parameters<typeof grantRole>[1]> {
  const userId = form.one('user');
  const role = staffRoles.find((one) => one === form.one('role'));
  if (!idPattern('usr').test(userId))
    throw atField('user', 'A user’s id starts with usr_. Find it by “Find”.');
  if (!role) throw atField('role', 'There is no such role.');
  refuseOneself(ctx, userId);
  return { by: staffActor(ctx.staff), userId, role, requestId: ctx.requestId };
}

async function shown(visit: Visit, filled: Filled): Promise<Shown> {
  const { ctx, staff } = visit;
  const held = await listStaff(ctx);
  const people = Map.groupBy(held, ({ userId }) => userId);
  const mayManage = staff.permissions.has('staff:manage');
  const isOpen = mayNow(staff, 'staff:manage');
  return {
    title: 'Staff',
    body: (
      <div class="stack-l">
        <section class="stack">
          <div class="row apart">
            <h1>Staff</h1>
            <StaffTabs at="roles" staff={staff} />
          </div>
          <table>
            <caption class="vh">Who has which role, by name</caption>
            <thead>
              <tr class="indent">
                <th>Who</th>
                <th>Role</th>
                <th class="wide-only">Since</th>
                <th class="wide-only">Given by</th>
                <th>
                  <span class="vh">Action</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {[...people.values()].flatMap((own) =>
                own.map((one) => <Row one={one} mayTake={isOpen && one.userId !== staff.userId} />),
              )}
            </tbody>
          </table>
        </section>
        {mayManage ? (
          <section class="stack form" aria-labelledby="give">
            <h2 id="give">Give a role</h2>
            {isOpen ? (
              <Give filled={filled} />
            ) : (
              <AskForPower ctx={ctx} need={['staff:manage']} next={staffPath} />
            )}
          </section>
        ) : null}
        <WhatRolesMay />
      </div>
    ),
  };
}

function Row({ one, mayTake }: { one: Held; mayTake: boolean }) {
  const { userId, name, role, grantedBy, since } = one;
  return (
    <tr data-row>
      <td>
        <a class="whole" href={subjectPath('user', userId)}>
          {name}
        </a>
      </td>
      <td>{role}</td>
      <td class="wide-only dim">
        <When at={since.toISOString()} />
      </td>
      <td class="wide-only">
        <code>{grantedBy}</code>
      </td>
      <td class="end">
        {mayTake ? (
          <Ask action={`${staffPath}/end`} label={`Take ${role} from ${name}`}>
            <input type="hidden" name="user" value={userId} />
            <input type="hidden" name="role" value={role} />
            <button class="plain">
              Take away
              <span class="vh">
                {' '}
                {role} of {name}
              </span>
            </button>
          </Ask>
        ) : null}
      </td>
    </tr>
  );
}

function Give({ filled: { user, role, wrong } }: { filled: Filled }) {
  return (
    <Ask action={staffPath} label="Give a role">
      <WrongSummary wrong={wrong} title="No role was given" />
      <TextField
        name="user"
        label="User"
        value={user}
        placeholder="usr_…"
        hint="A user’s id. Nobody gives themselves a role."
        wrong={wrong}
        mono
      />
      <Select
        name="role"
        label="Role"
        value={role}
        choices={staffRoles.map((one) => [one, one])}
        wrong={wrong}
      />
      <p>
        <button class="primary">Give the role</button>
      </p>
    </Ask>
  );
}

function WhatRolesMay() {
  return (
    <section class="stack" aria-labelledby="may">
      <h2 id="may">What each role may do</h2>
      {staffRoles.map((role) => (
        <details class="fold">
          <summary>
            {role} <span class="dim">{counted(roles[role].length, 'permission')}</span>
          </summary>
          <ul>
            {roles[role].map((one) => (
              <li class="small">
                {permissions[one].about} <code class="dim">{one}</code>
                {permissions[one].isSensitive ? ' (takes an elevation)' : ''}
              </li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  );
}
