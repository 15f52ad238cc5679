import type { Staff } from '#src/staff';
import { staffPath, staffTokensPath } from './paths.ts';

type Tab = 'roles' | 'own' | 'all';

const tabs: readonly [key: Tab, href: string, name: string][] = [
  ['roles', staffPath, 'Roles'],
  ['own', staffTokensPath, 'Your tokens'],
  ['all', `${staffTokensPath}?of=all`, 'All tokens'],
];

/** Who may not read staff has no way but to their own tokens. */
export function StaffTabs({ at, staff }: { at: Tab; staff: Staff }) {
  if (!staff.permissions.has('staff:read')) return null;
  return (
    <nav class="tabs" aria-label="Staff">
      {tabs.map(([key, href, name]) => (
        <a href={href} {...(key === at ? { 'aria-current': 'true' } : {})}>
          {name}
        </a>
      ))}
    </nav>
  );
}
