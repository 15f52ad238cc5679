import { addRewrap, type KeyUse, readKeyUse } from '#src/keys';
import { type Input, isOn, show, type Terminal } from './command.ts';

export async function keysStatus(terminal: Terminal, input: Input): Promise<void> {
  const uses = await readKeyUse(await terminal.open());
  const inUse = (kind: string) => uses.find((use) => use.kind === kind && use.isCurrent)?.version ?? 0;
  show(
    terminal,
    input,
    uses.map((use) => ({
      kind: use.kind,
      version: use.version,
      uses: use.uses,
      state: stateOf(use, inUse(use.kind)),
    })),
  );
  if (uses.some(({ isHere }) => !isHere)) terminal.fail();
}

function stateOf({ isHere, isCurrent, uses, version }: KeyUse, current: number): string {
  if (!isHere) return 'missing';
  if (isCurrent) return 'current';
  if (version > current) return 'ready';
  return uses > 0 ? 'in use' : 'may go';
}

export async function rotateKeys(terminal: Terminal, input: Input): Promise<void> {
  const ports = await terminal.open();
  const { current } = ports.vault.masterKeys;
  const id = await addRewrap(ports, 'cli');
  terminal.out(isOn(input, 'json') ? JSON.stringify({ id, master_key: current }) : id);
  terminal.note(
    `A hub that has master key ${current} as its newest does the rest. patchbay keys status says when the old one may go.`,
  );
}
