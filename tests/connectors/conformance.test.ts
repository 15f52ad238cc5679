import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { proveOnBothHosts } from './conformance/on-both-hosts.ts';

const root = join(import.meta.dirname, '../..');
/** `npm run connector:check` asks for one. */
const only = process.env['CONNECTOR'] ?? '*';

const folders = globSync(`connectors/${only}/conformance.ts`, { cwd: root }).map(dirname);

await proveOnBothHosts(
  ...folders.toSorted().map((folder) => ({
    name: folder.replace('connectors/', ''),
    connector: `${folder}/index.ts`,
    conformance: `${folder}/conformance.ts`,
    plan: `${folder}/fixtures/plan.json`,
  })),
);
