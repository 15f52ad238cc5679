import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Store } from '#src/ports';
import { proveCase, storeCases } from './store/cases.ts';

export type OpenedStore = { store: Store; close(): Promise<void> };

/** The one suite that every store passes. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`the store contract on ${name}`, () => {
    const opened: OpenedStore[] = [];
    beforeAll(async () => void opened.push(await open()));
    afterAll(() => opened[0]?.close());

    test.each(storeCases)('$title', (each) => proveCase(each, opened[0]!.store));
  });
}
