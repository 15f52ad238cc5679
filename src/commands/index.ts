import { approvalCommands } from './specs-approvals.ts';
import { accessCommands } from './specs-access.ts';
import { auditCommands } from './specs-audit.ts';
import { eventCommands } from './specs-events.ts';
import { oauthCommands } from './specs-oauth.ts';
import { operateCommands } from './specs-operate.ts';
import { staffCommands } from './specs-staff.ts';
import { planCommands } from './specs-plans.ts';
import { workerCommands } from './specs-worker.ts';

export type { Command, Machine, Terminal } from './command.ts';

export const commands = [
  ...accessCommands,
  ...oauthCommands,
  ...staffCommands,
  ...approvalCommands,
  ...auditCommands,
  ...eventCommands,
  ...planCommands,
  ...operateCommands,
  ...workerCommands,
];
