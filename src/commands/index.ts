import { accessCommands } from './specs-access.ts';
import { eventCommands } from './specs-events.ts';

export type { Command, FolderFacts, Terminal } from './command.ts';

export const commands = [...accessCommands, ...eventCommands];
