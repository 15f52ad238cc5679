/** `npm run connector:registry`: writes `connectors/registry.ts`, every folder beside it that is a connector. */
import { globSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

export function connectorIds(house = root): string[] {
  return globSync('connectors/*/index.ts', { cwd: house })
    .map((file) => dirname(file).replace('connectors/', ''))
    .toSorted();
}

export function registryText(ids: readonly string[]): string {
  const lines = ids.map((id) => {
    const name = /^[a-z]+$/.test(id) ? id : `'${id}'`;
    return `  ${name}: async () => (await import('./${id}/index.ts')).connector,\n`;
  });
  return `/** Written by \`npm run connector:new\`: every folder beside this file. None is loaded before it is asked for. */
import type { Connector } from '#kit';

export const registry: Readonly<Record<string, () => Promise<Connector>>> = {${lines.length > 0 ? `\n${lines.join('')}` : ''}};
`;
}

export function writeRegistry(house = root): void {
  writeFileSync(join(house, 'connectors/registry.ts'), registryText(connectorIds(house)));
}

if (import.meta.main) writeRegistry();
