export { connectionsBelow } from './below.ts';
export type { Count } from './count.ts';
export { endKind } from './end.ts';
export { findReceipt, listReceipts, type StaffReceipt } from './list.ts';
export { type Preview, previewRevocation } from './preview.ts';
export { type RevocationReason, revocationReasons, revokeAccess } from './revoke.ts';
export { revocationRoutes } from './routes.ts';
export { type Level, levels } from './subject.ts';
export {
  findSuspension,
  liftSuspension,
  listSuspensions,
  type ShownSuspension,
  suspendAccess,
  suspensionLevels,
  suspensionReasons,
} from './suspend.ts';
