export { createStaffDoor } from './door.ts';
export { elevate, elevateHolder, endElevation } from './elevations.ts';
export {
  type Elevation,
  enterStaff,
  isStaff,
  isStaffToken,
  mayNow,
  requirePermission,
  type Staff,
  staffActor,
  type StaffCredential,
} from './enter.ts';
export {
  createOwnStaffToken,
  endStaffToken,
  findStaffToken,
  type ListedStaffToken,
  listStaffTokens,
} from './own-tokens.ts';
export {
  isSensitive,
  type Permission,
  permissionNames,
  permissions,
  roles,
  type StaffRole,
  staffRoles,
} from './permissions.ts';
export { addStaffPerson, endRole, grantRole, listStaff } from './roles.ts';
export {
  type DeclaredRoute,
  declareStaffRoute,
  declaredStaffRoutes,
  type StaffCtx,
  type StaffDoor,
  staffRoute,
} from './route.ts';
export { refuseOneself } from './role-routes.ts';
export { staffRoutes } from './routes.ts';
export { createStaffToken } from './tokens.ts';
