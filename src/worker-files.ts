/** The files beside the Worker, as it reads them. Written by its build: edge-files.ts. */
import type { Fetcher } from '@cloudflare/workers-types';
import type { Reference, ReferencePath } from '#src/operate';

/** Stands where the hub's own address will: the build does not know it. A name that nobody has (RFC 2606). */
export const builtOrigin = 'https://hub.invalid';

/** Under /reference only the Worker reads (wrangler.toml, `run_worker_first`): there the address is still to be put in. */
export const builtPaths: Readonly<Record<ReferencePath, string>> = {
  '/openapi.json': '/reference/openapi.json',
  '/docs': '/reference/docs.html',
  '/docs/reference.css': '/docs/reference.css',
  '/docs/reference.js': '/docs/reference.js',
};

/** Each is read once an isolate. Kept are texts and no promises: one invocation cannot wait for another's. */
export function readReference(files: Pick<Fetcher, 'fetch'>, publicUrl: string): Reference {
  const kept = new Map<ReferencePath, string>();
  return async (path) => {
    const known = kept.get(path);
    if (known !== undefined) return known;
    const answer = await files.fetch(builtOrigin + builtPaths[path]);
    if (!answer.ok) throw new Error(`${builtPaths[path]} is not beside the Worker: ${answer.status}`);
    const text = (await answer.text()).replaceAll(builtOrigin, publicUrl);
    kept.set(path, text);
    return text;
  };
}
