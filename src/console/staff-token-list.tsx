import type { ListedStaffToken, Staff } from '#src/staff';
import { Chip, counted, Empty, When } from '#src/ui';
import { staffTokensPath, subjectPath } from './paths.ts';

type Of = 'own' | 'all';

type Props = { tokens: readonly ListedStaffToken[]; staff: Staff; of: Of };

export function TokenList({ tokens, staff, of }: Props) {
  const mayEnd = (one: ListedStaffToken): boolean =>
    one.state === 'active' && (one.user === staff.userId || staff.permissions.has('staff:manage'));
  return (
    <table>
      <caption class="vh">Staff tokens, newest first</caption>
      <thead>
        <tr class="indent">
          <th>Token</th>
          <th class="wide-only">May</th>
          <th>State</th>
          <th class="wide-only end">Last used</th>
          <th>
            <span class="vh">Action</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((one) => (
          <tr data-row>
            <td>
              <Named one={one} staff={staff} />
              <p class="dim">
                {of === 'all' ? `${one.name}, ` : ''}made <When at={one.created_at} />
              </p>
            </td>
            <td class="wide-only">
              <May permissions={one.permissions} />
            </td>
            <td>
              <StateOf one={one} />
            </td>
            <td class="wide-only end dim">{one.last_used_at ? <When at={one.last_used_at} /> : 'never'}</td>
            <td class="end">
              {mayEnd(one) ? (
                <a href={`${staffTokensPath}/${one.id}/revoke`} data-dialog>
                  Revoke<span class="vh"> {one.label}</span>
                </a>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Named({ one, staff }: { one: ListedStaffToken; staff: Staff }) {
  if (!staff.permissions.has('access:read')) return <b>{one.label}</b>;
  return (
    <a class="whole" href={subjectPath('token', one.id)}>
      {one.label}
    </a>
  );
}

function May({ permissions }: Pick<ListedStaffToken, 'permissions'>) {
  if (permissions.length <= 4) return <>{permissions.join(', ')}</>;
  return (
    <details>
      <summary>{counted(permissions.length, 'permission')}</summary>
      {permissions.join(', ')}
    </details>
  );
}

function StateOf({ one: { state, expires_at: ends, elevated_until: elevated } }: { one: ListedStaffToken }) {
  if (state !== 'active') return <Chip tone="off">{state}</Chip>;
  return (
    <>
      <Chip tone="good">active</Chip>
      {ends ? (
        <p class="dim">
          ends <When at={ends} />
        </p>
      ) : null}
      {elevated ? (
        <p class="dim">
          elevated, until <When at={elevated} />
        </p>
      ) : null}
    </>
  );
}

export function NoTokens({ of }: { of: Of }) {
  return (
    <Empty title={of === 'all' ? 'Nobody has made one' : 'You have made none'}>
      <p>
        A staff token lets a script of yours do what you would do here: search, read receipts, sweep the
        quarantine. It may do no more than you, and you end it here at any moment.
      </p>
    </Empty>
  );
}
