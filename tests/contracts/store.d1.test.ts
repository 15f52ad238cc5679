import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeCases } from './store/cases.ts';
import { applyMigrations, bundle } from './workerd.ts';

/** Not through miniflare's proxy: the adapter's own code must run in workerd, so the suite goes to it. */
describe('the store contract on D1 inside workerd', () => {
  const hosts: Miniflare[] = [];
  beforeAll(async () => {
    const host = new Miniflare({
      modules: true,
      script: await bundle('tests/contracts/store/d1-worker.ts'),
      compatibilityDate: '2026-07-01',
      compatibilityFlags: ['nodejs_compat'], // For node:assert in the cases; the store itself imports nothing of Node.
      d1Databases: ['DB'],
    });
    hosts.push(host);
    await applyMigrations(host);
  });
  afterAll(() => hosts[0]?.dispose());

  storeCases.forEach((each, i) => {
    test(each.title, async () => {
      const answer = await hosts[0]!.dispatchFetch(`http://contract/${i}`);
      expect(await answer.text()).toBe('proved');
    });
  });

  test('the adapter imports nothing of Node', async () => {
    await expect(bundle('src/adapters/store-d1.ts', [])).resolves.not.toMatch(/from "node:/);
  });
});
