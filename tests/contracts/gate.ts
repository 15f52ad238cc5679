import { afterAll, beforeAll, describe, test } from 'vitest';
import { gateCases, proveGateCase } from './gate/cases.ts';
import type { Stand } from './gate/stand.ts';

export type OpenedStand = Stand & { close(): Promise<void> };

/** The one suite that every gate passes. `open` of what it answers is one more process, where there are `several`. */
export function gateContract(
  name: string,
  open: () => Promise<OpenedStand>,
  processes: 'one' | 'several' = 'several',
): void {
  describe(`the gate contract on ${name}`, () => {
    const opened: OpenedStand[] = [];
    beforeAll(async () => void opened.push(await open()));
    afterAll(() => opened[0]?.close());

    const cases = gateCases.filter((each) => processes === 'several' || !each.isOfSeveral);
    test.each(cases)('$title', (each) => proveGateCase(each, opened[0]!));
  });
}
