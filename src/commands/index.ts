import { accessCommands } from './specs-access.ts';
import { eventCommands } from './specs-events.ts';

export type { CallAnswer, CallRequest, Command, FolderFacts, Input, Terminal } from './command.ts';

export const commands = [...accessCommands, ...eventCommands];
