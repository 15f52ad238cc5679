import type { Staff } from '#src/staff';
import { staffPath, staffTokensPath } from './paths.ts';
import { Tabs } from './tabs.tsx';

type Tab = 'roles' | 'own' | 'all';

const tabs: readonly [key: Tab, href: string, name: string][] = [
  ['roles', staffPath, 'Roles'],
  ['own', staffTokensPath, 'Your tokens'],
  ['all', `${staffTokensPath}?of=all`, 'All tokens'],
];

/** Who may not read staff has no way but to their own tokens. */
export function StaffTabs({ at, staff }: { at: Tab; staff: Staff }) {
  if (!staff.permissions.has('staff:read')) return null;
  return <Tabs name="Staff" at={at} tabs={tabs} />;
}
