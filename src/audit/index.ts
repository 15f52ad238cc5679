export { type AuditRow, recordAudit } from './record.ts';
