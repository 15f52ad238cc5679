import { capCases } from './caps.ts';
import { epochCases } from './epochs.ts';
import type { GateCase, Stand } from './stand.ts';

export const gateCases: GateCase[] = [...epochCases, ...capCases];

/** Closes every gate that the case opened. */
export async function proveGateCase(each: GateCase, stand: Stand): Promise<void> {
  const opened: { close(): Promise<void> }[] = [];
  try {
    await each.run({
      ...stand,
      open: async () => {
        const gate = await stand.open();
        opened.push(gate);
        return gate;
      },
    });
  } finally {
    await Promise.all(opened.map((gate) => gate.close()));
  }
}
