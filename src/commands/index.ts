import { accessCommands } from './specs-access.ts';
import { eventCommands } from './specs-events.ts';
import { operateCommands } from './specs-operate.ts';
import { workerCommands } from './specs-worker.ts';

export type { Command, Machine, Terminal } from './command.ts';

export const commands = [...accessCommands, ...eventCommands, ...operateCommands, ...workerCommands];
