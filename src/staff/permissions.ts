/**
 * What staff may do, as data: the permissions there are, which of them are sensitive, and which role has which. What is
 * not written here is refused. A route names one permission (see route.ts); a sensitive one takes an elevation besides.
 */
export const permissions = {
  'search:read': { isSensitive: false, about: 'Find things by id, name, address or host.' },
  'people:read': { isSensitive: false, about: 'Look at users and accounts, masked.' },
  'people:unmask': { isSensitive: true, about: 'See names and addresses of people as they are.' },
  'access:read': { isSensitive: false, about: 'Look at tokens, grants, apps and partners.' },
  'timeline:read': { isSensitive: false, about: 'Read what was done, and what was sent.' },
  'audit:read': { isSensitive: false, about: 'Read the whole audit trail, in order, and copy it.' },
  'behaviour:read': { isSensitive: false, about: 'Compare a day with the days before it.' },
  'usage:read': { isSensitive: false, about: 'See how much was called, and what is left.' },
  'cases:read': { isSensitive: false, about: 'Read cases with their evidence.' },
  'cases:close': { isSensitive: false, about: 'Close a case with what was found.' },
  'tokens:lookup': { isSensitive: false, about: 'Paste a token and see whose it is.' },
  'revocations:preview': { isSensitive: false, about: 'See what a revocation would stop.' },
  'revocations:read': { isSensitive: false, about: 'Read receipts of revocations.' },
  'revocations:create': { isSensitive: true, about: 'Revoke access, at any level.' },
  'suspensions:create': { isSensitive: true, about: 'Suspend access, and lift a suspension.' },
  'approvals:read': { isSensitive: false, about: 'See what waits for approval, and what has to wait.' },
  'approvals:decide': { isSensitive: false, about: 'Approve and refuse subscriptions that wait.' },
  'approvals:manage': { isSensitive: true, about: 'Say what needs approval.' },
  'intents:review': {
    isSensitive: false,
    about: 'Approve what is asked of the marketplace, and from where it may come.',
  },
  'quarantine:read': { isSensitive: false, about: 'Look at events that were kept back.' },
  'quarantine:redrive': { isSensitive: false, about: 'Send events on that were kept back.' },
  'partners:review': { isSensitive: false, about: 'Put a partner’s review on record.' },
  'staff:read': { isSensitive: false, about: 'See who has which role.' },
  'staff:manage': { isSensitive: true, about: 'Give roles and take them.' },
  'staff:script': { isSensitive: true, about: 'Make a staff token for a script of one’s own.' },
} as const satisfies Record<string, { isSensitive: boolean; about: string }>;

export type Permission = keyof typeof permissions;
export const permissionNames = Object.keys(permissions) as [Permission, ...Permission[]]; // Exactly its keys.

export const isPermission = (name: string): name is Permission => Object.hasOwn(permissions, name);
export const isSensitive = (permission: Permission): boolean => permissions[permission].isSensitive;
export const sensitivePermissions = permissionNames.filter(isSensitive) as [Permission, ...Permission[]]; // Not empty: see above.

/** The roles of the contract. Nobody can do everything, and who gives roles touches no customer. */
export const roles = {
  support: [
    'search:read',
    'people:read',
    'people:unmask',
    'access:read',
    'timeline:read',
    'behaviour:read',
    'usage:read',
    'cases:read',
    'tokens:lookup',
    'revocations:read',
    'approvals:read',
    'quarantine:read',
  ],
  security: [
    'search:read',
    'people:read',
    'people:unmask',
    'access:read',
    'timeline:read',
    'audit:read',
    'behaviour:read',
    'usage:read',
    'cases:read',
    'cases:close',
    'tokens:lookup',
    'revocations:preview',
    'revocations:read',
    'revocations:create',
    'suspensions:create',
    'approvals:read',
    'approvals:decide',
    'approvals:manage',
    'intents:review',
    'partners:review',
    'staff:read',
    'staff:script',
  ],
  ops: [
    'search:read',
    'access:read',
    'timeline:read',
    'behaviour:read',
    'usage:read',
    'approvals:read',
    'quarantine:read',
    'quarantine:redrive',
    'staff:script',
  ],
  finance: ['search:read', 'access:read', 'usage:read'],
  legal: [
    'search:read',
    'people:read',
    'people:unmask',
    'access:read',
    'timeline:read',
    'audit:read',
    'cases:read',
    'revocations:read',
    'approvals:read',
    'approvals:decide',
    'intents:review',
    'partners:review',
  ],
  platform: ['usage:read', 'behaviour:read', 'quarantine:read', 'staff:read', 'staff:manage', 'staff:script'],
} as const satisfies Record<string, readonly Permission[]>;

export type StaffRole = keyof typeof roles;
export const staffRoles = Object.keys(roles) as [StaffRole, ...StaffRole[]]; // Exactly its keys.

export const isStaffRole = (name: string): name is StaffRole => Object.hasOwn(roles, name);

/** What several roles allow together. */
export const permissionsOf = (held: readonly StaffRole[]): ReadonlySet<Permission> =>
  new Set(held.flatMap((role): readonly Permission[] => roles[role]));
