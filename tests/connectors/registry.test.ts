import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { registry } from '../../connectors/registry.ts';
import { connectorIds, registryText, root } from '../../src/connector-registry.ts';

test('the registry is what the folders are; `npm run connector:registry` writes it', () => {
  expect(readFileSync(join(root, 'connectors/registry.ts'), 'utf8')).toBe(registryText(connectorIds()));
});

test.each(Object.keys(registry))('%s is loaded by the name that its manifest has', async (id) => {
  expect((await registry[id]?.())?.manifest.id).toBe(id);
});

test.each(connectorIds())('%s brings what proves it, and a page for people', (id) => {
  for (const file of ['conformance.ts', 'fixtures/plan.json', 'README.md'])
    expect(readFileSync(join(root, 'connectors', id, file), 'utf8').length, file).toBeGreaterThan(0);
});
