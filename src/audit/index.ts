export { recordAuditIf } from './record-if.ts';
export { type AuditRow, recordAudit } from './record.ts';
