import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gateCases } from './gate/cases.ts';
import { applyMigrations, bundle } from './workerd.ts';

describe('the gate contract on Durable Objects inside workerd', () => {
  const hosts: Miniflare[] = [];
  beforeAll(async () => {
    const host = new Miniflare({
      modules: true,
      script: await bundle('tests/contracts/gate/worker.ts'),
      compatibilityDate: '2026-07-01',
      compatibilityFlags: ['nodejs_compat'], // For node:assert in the cases; the gate itself imports nothing of Node.
      d1Databases: ['DB'],
      durableObjects: { GATE: { className: 'GateObject', useSQLite: true } },
    });
    hosts.push(host);
    await applyMigrations(host);
  });
  afterAll(() => hosts[0]?.dispose());

  gateCases.forEach((each, i) => {
    // Nothing pushes there: an isolate looks before it judges.
    if (each.isPushed) return;
    test(each.title, async () => {
      const answer = await hosts[0]!.dispatchFetch(`http://contract/${i}`);
      expect(await answer.text()).toBe('proved');
    });
  });

  test('the adapter imports nothing of Node', async () => {
    await expect(bundle('src/adapters/gate-durable-object.ts', [])).resolves.not.toMatch(/from "node:/);
  });
});
