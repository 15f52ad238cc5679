import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';

export const root = join(import.meta.dirname, '../../..');

/** Files of one connector, from the root of the repository or from that of the machine. */
export type Place = { connector: string; conformance: string; plan: string };

export const at = (path: string): string => resolve(root, path);

/** The connector as it is. Fails where it imports anything of Node: the platform is neutral, and nothing is left out. */
export function bundleAlone({ connector }: Place): Promise<string> {
  return textOf({ entryPoints: [connector] });
}

/** One Worker for all of them: `/<n>` proves every case of the n-th, and answers what is wrong by title. */
export function bundleSuites(places: readonly Place[]): Promise<string> {
  const imports = places.map(
    ({ connector, conformance, plan }, n) => `
    import { connector as connector${n} } from '${at(connector)}';
    import { conformance as conformance${n} } from '${at(conformance)}';
    ${existsSync(at(plan)) ? `import golden${n} from '${at(plan)}';` : `const golden${n} = undefined;`}`,
  );
  const all = places.map((_, n) => `[connector${n}, conformance${n}, golden${n}]`);
  const contents = `
    import { casesOf } from './tests/connectors/conformance/cases-of.ts';
    ${imports.join('')}
    const all = [${all.join(', ')}];
    export default {
      async fetch({ url }) {
        const [connector, conformance, golden] = all[Number(new URL(url).pathname.slice(1))];
        const found = {};
        for (const { title, prove } of casesOf({ connector, conformance }, golden))
          found[title] = await prove().then(
            () => 'proved',
            (error) => (error.name === 'Unmet' ? error.message : String(error.stack)),
          );
        return Response.json(found);
      },
    };`;
  return textOf({ stdin: { resolveDir: root, loader: 'ts', contents } });
}

async function textOf(options: BuildOptions): Promise<string> {
  const { outputFiles = [] } = await build({
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    write: false,
    logLevel: 'silent',
    ...options,
  });
  return outputFiles[0]?.text ?? '';
}
