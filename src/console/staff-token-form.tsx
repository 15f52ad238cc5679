import { isSensitive, type Permission, permissionNames, permissions, roles, type Staff } from '#src/staff';
import { Ask, counted, Select, TextField, type Wrong, WrongAt, WrongSummary } from '#src/ui';
import { staffTokensPath } from './paths.ts';

/** Minutes. Eight hours are the most that there is. */
export const tokenLives = [
  ['15', '15 minutes'],
  ['60', 'an hour'],
  ['240', '4 hours'],
  ['480', '8 hours'],
] as const;

export type TokenWish = {
  label: string;
  roles: readonly string[];
  permissions: readonly string[];
  minutes: string;
};

type Props = { staff: Staff; wish: TokenWish; wrong: Wrong };

/** Of one's own roles alone: what one lacks is not offered, and refused if it is asked for. */
export function MakeToken({ staff, wish, wrong }: Props) {
  return (
    <Ask action={staffTokensPath} label="Make a token">
      <WrongSummary wrong={wrong} />
      <TextField
        name="label"
        label="What is it for?"
        value={wish.label}
        placeholder="Nightly sweep"
        hint="So that you know later what stops when you end it."
        wrong={wrong}
      />
      <fieldset id="roles" tabindex={-1}>
        <legend>What may it do?</legend>
        <WrongAt name="roles" wrong={wrong} />
        {staff.roles.map((role) => (
          <label class="pick">
            <input type="checkbox" name="roles" value={role} checked={wish.roles.includes(role)} />
            <span>
              <b>All that {role} may</b> <span class="dim">{counted(roles[role].length, 'permission')}</span>
            </span>
          </label>
        ))}
        <details class="fold" {...(wish.permissions.length > 0 ? { open: true } : {})}>
          <summary>
            Or no more than it needs <span class="dim">single permissions</span>
          </summary>
          {permissionNames
            .filter((one) => staff.permissions.has(one))
            .map((one) => (
              <One name={one} isChosen={wish.permissions.includes(one)} />
            ))}
        </details>
      </fieldset>
      <Select
        name="minutes"
        label="How long does it live?"
        value={wish.minutes}
        choices={tokenLives}
        wrong={wrong}
      />
      <p>
        <button class="primary">Make the token</button>
      </p>
    </Ask>
  );
}

function One({ name, isChosen }: { name: Permission; isChosen: boolean }) {
  return (
    <label class="pick">
      <input type="checkbox" name="permissions" value={name} checked={isChosen} />
      <span>
        <b>{name}</b>
        {isSensitive(name) ? ' · takes an elevation of its own' : ''}
        <br />
        <span class="dim">{permissions[name].about}</span>
      </span>
    </label>
  );
}
