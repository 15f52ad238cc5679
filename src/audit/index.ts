export { type AuditEntry, type AuditWindow, readAudit } from './read.ts';
export { recordAuditIf } from './record-if.ts';
export { type AuditRow, recordAudit } from './record.ts';
