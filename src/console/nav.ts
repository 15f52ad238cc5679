import type { Permission, Staff } from '#src/staff';
import {
  approvalsPath,
  casesPath,
  elevationPath,
  home,
  intentsPath,
  partnersPath,
  quarantinePath,
  revocationsPath,
  searchPath,
  staffPath,
  staffTokensPath,
  suspensionsPath,
} from './paths.ts';

/** `unless`: who has that finds it on another's page. */
const entries: readonly [href: string, name: string, permission: Permission | null, unless?: Permission][] = [
  [home, 'Now', null],
  [searchPath, 'Find', 'search:read'],
  [casesPath, 'Cases', 'cases:read'],
  [approvalsPath, 'Approvals', 'approvals:read'],
  [intentsPath, 'Intents', 'intents:review'],
  [quarantinePath, 'Quarantine', 'quarantine:read'],
  [partnersPath, 'Partners', 'access:read'],
  [suspensionsPath, 'Suspended', 'revocations:read'],
  [revocationsPath, 'Receipts', 'revocations:read'],
  [elevationPath, 'Elevation', null],
  [staffPath, 'Staff', 'staff:read'],
  [staffTokensPath, 'Tokens', 'staff:script', 'staff:read'],
];

/** Only what the roles allow; what they do not is one address away and says who has it. */
export const navOf = (pathname: string, { permissions }: Pick<Staff, 'permissions'>) =>
  entries
    .filter(
      ([, , permission, unless]) =>
        (permission === null || permissions.has(permission)) && !(unless && permissions.has(unless)),
    )
    .map(([href, name]) => ({
      href,
      name,
      isHere: href === home ? pathname === home : pathname === href || pathname.startsWith(`${href}/`),
    }));
