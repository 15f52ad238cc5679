/** The suite as tests: on Node, and the same cases inside workerd, from a bundle in which nothing of Node is. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { casesOf, provedOf } from './cases-of.ts';
import { planned } from './cases/plan.ts';
import { exercise } from './exercise.ts';
import type { Brought } from './hub.ts';
import { readSpecification } from './specification.ts';

/** Files of one connector, from the root of the repository. */
export type Place = { connector: string; conformance: string; plan: string };

const root = join(import.meta.dirname, '../../..');

export async function proveOnBothHosts(name: string, place: Place): Promise<void> {
  const brought = await load(place);
  const golden = existsSync(join(root, place.plan)) ? readJson(place.plan) : undefined;

  describe(`${name} on Node`, () => {
    test('the plan is what a reviewer has seen', async () => {
      const text = `${JSON.stringify(await planned(provedOf(brought)), null, 2)}\n`;
      await expect(text).toMatchFileSnapshot(join(root, place.plan));
    });

    for (const { title, prove } of casesOf(brought, golden))
      // A plan that the test before has just written is read at the next run.
      test.skipIf(golden === undefined && title.startsWith('plan: as in'))(title, async () => {
        await expect(prove()).resolves.toBeUndefined();
      });

    for (const [host, file] of Object.entries(brought.conformance.specifications ?? {}))
      test(`every request to ${host} is in ${file}`, async () => {
        expect(await complaints(brought, host, file)).toEqual([]);
      });
  });

  describe(`${name} in workerd`, () => {
    const hosts: Miniflare[] = [];
    beforeAll(async () => {
      const script = await bundleSuite(place);
      // Without `nodejs_compat`: there is no Node to lean on.
      hosts.push(new Miniflare({ modules: true, script, compatibilityDate: '2026-07-01' }));
    });
    afterAll(() => hosts[0]?.dispose());

    casesOf(brought, golden).forEach(({ title }, index) =>
      test.skipIf(golden === undefined && title.startsWith('plan: as in'))(title, async () => {
        const answer = await hosts[0]!.dispatchFetch(`http://suite/${index}`);
        expect(await answer.text()).toBe('proved');
      }),
    );

    test('its bundle has nothing of Node in it', async () => {
      expect((await bundleAlone(place)).text).not.toMatch(
        /\b(?:from|import|require)\s*\(?["'](?:node:|fs|crypto)/,
      );
    });
  });
}

async function load(place: Place): Promise<Brought> {
  const read = (path: string) =>
    import(pathToFileURL(join(root, path)).href) as Promise<Record<string, unknown>>;
  const [{ connector }, { conformance }] = await Promise.all([
    read(place.connector),
    read(place.conformance),
  ]);
  if (!connector) throw new Error(`${place.connector} exports no \`connector\``);
  if (!conformance) throw new Error(`${place.conformance} exports no \`conformance\``);
  return { connector, conformance } as Brought; // The types of both files have been checked against the kit's.
}

/** Fails where anything of Node is imported: the platform is neutral, and nothing is left out. */
export async function bundleAlone({ connector }: Place): Promise<{ text: string }> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [connector],
    ...neutral,
    minify: true,
    // What the hub has at hand anyway.
    external: ['zod'],
  });
  return { text: outputFiles[0]!.text };
}

async function bundleSuite({ connector, conformance, plan }: Place): Promise<string> {
  const golden = existsSync(join(root, plan))
    ? `import golden from './${plan}';`
    : 'const golden = undefined;';
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: {
      resolveDir: root,
      loader: 'ts',
      contents: `
        import { casesOf } from './tests/connectors/conformance/cases-of.ts';
        import { connector } from './${connector}';
        import { conformance } from './${conformance}';
        ${golden}
        export default {
          async fetch(request) {
            const found = casesOf({ connector, conformance }, golden)[Number(new URL(request.url).pathname.slice(1))];
            if (!found) return new Response('no such case');
            return found.prove().then(
              () => new Response('proved'),
              (error) => new Response(error.name === 'Unmet' ? error.message : error.stack),
            );
          },
        };`,
    },
    ...neutral,
  });
  return outputFiles[0]!.text;
}

const neutral = {
  bundle: true,
  format: 'esm',
  target: 'es2024',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  conditions: ['workerd', 'worker', 'browser'],
  write: false,
  logLevel: 'silent',
} as const;

async function complaints(brought: Brought, host: string, file: string): Promise<string[]> {
  const specification = readSpecification(file);
  const found = new Set<string>();
  const proved = provedOf(brought);
  for (const connection of brought.conformance.connections)
    for (const { request } of (await exercise(proved, connection)).line.calls) {
      const url = new URL(request.url);
      if (url.host !== host || !specification.covers(url)) continue;
      for (const complaint of await specification.complain(request.clone())) found.add(complaint);
    }
  return [...found];
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));
