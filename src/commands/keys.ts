import { addRewrap, type KeyUse, readKeyUse } from '#src/keys';
import { rotateSetKey } from '#src/signatures';
import { type Input, isOn, show, type Terminal } from './command.ts';
import { overlapOf } from './token.ts';

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

export async function rotateEventKey(terminal: Terminal, input: Input): Promise<void> {
  const ports = await terminal.open();
  const { kid, oldUntil } = await rotateSetKey(ports, 'cli', overlapOf(input, ports));
  const old_keys_until = oldUntil.toISOString();
  terminal.out(isOn(input, 'json') ? JSON.stringify({ kid, old_keys_until }, null, 2) : kid);
  terminal.note(
    `Published at /oauth/jwks. It signs in ten minutes, or within one where none was left; the ones before stay published until ${old_keys_until}.`,
  );
}
