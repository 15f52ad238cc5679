import { type Permission, roles, staffRoles } from '#src/staff';

/** For who may look and not decide: whom to ask. */
export function WhoMay({ decide }: { decide: Permission }) {
  const may = staffRoles.filter((role) => roles[role].some((one) => one === decide));
  return (
    <p class="dim">
      Deciding takes <code>{decide}</code>: {new Intl.ListFormat('en').format(may)} have it.
    </p>
  );
}
