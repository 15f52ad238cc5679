export { createStaffDoor } from './door.ts';
export {
  type Elevation,
  enterStaff,
  isStaffToken,
  mayNow,
  requirePermission,
  type Staff,
  staffActor,
  type StaffCredential,
} from './enter.ts';
export {
  isSensitive,
  type Permission,
  permissions,
  roles,
  type StaffRole,
  staffRoles,
} from './permissions.ts';
export {
  type DeclaredRoute,
  declareStaffRoute,
  declaredStaffRoutes,
  type StaffCtx,
  type StaffDoor,
  staffRoute,
} from './route.ts';
export { endRole, grantRole, listStaff } from './roles.ts';
export { staffRoutes } from './routes.ts';
export { createStaffToken } from './tokens.ts';
