/**
 * What the Worker does not carry: files that Cloudflare serves beside it, or that it reads there (wrangler.toml,
 * `[assets]`). Node makes the same from the same sources when it is asked for them.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { referenceFiles } from '#src/reference';
import { uiFileHeaders, uiFiles } from '#src/ui';
import { createNodeDigest } from './adapters/digest-node.ts';
import { describeApi } from './describe.ts';
import { builtOrigin, builtPaths } from './worker-files.ts';

const uiParts = uiFiles({ digest: createNodeDigest() });

/** Where pages find theirs: the Worker knows the names alone. */
export const uiPaths = Object.fromEntries(
  Object.entries(uiParts).map(([name, { path }]) => [name, { path }]),
);

/** By path; the runtime knows their types by their endings. */
export const fileHeaders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/ui/*': uiFileHeaders,
  '/docs/*': { 'cache-control': 'public, max-age=300', 'x-content-type-options': 'nosniff' },
};

export async function writeFiles(folder: string): Promise<void> {
  const files = Object.entries(await referenceFiles(describeApi(builtOrigin))).map(
    ([path, body]): [string, string] => [builtPaths[path as keyof typeof builtPaths], body], // The same names.
  );
  for (const { path, body } of Object.values(uiParts)) files.push([path, body]);
  for (const [path, body] of files) await write(join(folder, path), body);
  await write(join(folder, '_headers'), headersFile());
}

/** https://developers.cloudflare.com/workers/static-assets/headers/ */
const headersFile = (): string =>
  Object.entries(fileHeaders)
    .map(([pattern, fields]) =>
      [pattern, ...Object.entries(fields).map(([name, value]) => `  ${name}: ${value}`)].join('\n'),
    )
    .join('\n');

async function write(path: string, body: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, body);
}
