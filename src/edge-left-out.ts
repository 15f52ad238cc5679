/**
 * What the Worker does not carry, for it never says or asks it. Each plugin knows one thing of a dependency or of ours;
 * where that is no longer so, the bundle grows and `npm run edge:check` tells.
 */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, transform } from 'esbuild';

const ours = fileURLToPath(new URL('.', import.meta.url));

/** zod carries its messages in fifty languages, a quarter of the bundle; the hub speaks one, which zod loads by itself. */
const oneLanguage: Plugin = {
  name: 'one-language',
  setup: (builder) => {
    builder.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** Every schema of zod knows how to print itself; here nobody asks (the catalogue prints its own, catalog/json-schema.ts). */
const unprinted: Plugin = {
  name: 'unprinted',
  setup: (builder) => {
    builder.onLoad({ filter: /zod\/v4\/classic\/schemas\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(/^ *inst\._zod\.processJSONSchema = .*;$/gm, ''),
    }));
  },
};

/**
 * Modules whose functions never run here: zod's printer, drizzle's relational queries and PostgreSQL's enums (drizzle
 * asks of each value whether it is one), and the commands that operator.ts refuses for want of a machine.
 */
const neverRun: Plugin = {
  name: 'never-run',
  setup: (builder) => {
    const paths = [
      String.raw`zod\/v4\/core\/to-json-schema\.js`,
      String.raw`drizzle-orm\/(?:relations|pg-core\/columns\/enum|sqlite-core\/query-builders\/query)\.js`,
      String.raw`src\/commands\/(?:doctor|listen)\.ts`,
    ];
    builder.onLoad({ filter: new RegExp(`(?:${paths.join('|')})$`) }, async ({ path }) => {
      const { metafile } = await build({ entryPoints: [path], format: 'esm', metafile: true, write: false });
      const names = Object.values(metafile.outputs).flatMap((output) => output.exports);
      return { contents: names.map((name) => `export function ${name}() {}`).join('\n') };
    });
  },
};

/** Cloudflare compresses what leaves a Worker, where the caller takes it. */
const uncompressed: Plugin = {
  name: 'uncompressed',
  setup: (builder) => {
    builder.onLoad({ filter: /hono\/dist\/middleware\/compress\/index\.js$/ }, () => ({
      contents: 'export const compress = () => (_, next) => next();',
    }));
  },
};

/**
 * The words of routes and commands: the API is described at build time, and commands are read on the operator's machine.
 * Read as esbuild prints it: a property a line, what belongs to it further in.
 */
const unsaid: Plugin = {
  name: 'unsaid',
  setup: (builder) => {
    builder.onLoad({ filter: /\/src\/[\w/-]+\.ts$/ }, async ({ path }) => {
      if (!path.startsWith(ours)) return null;
      const text = await readFile(path, 'utf8');
      if (!/^ +summary:|\.describe\(/m.test(text)) return null;
      const { code } = await transform(text, { loader: 'ts', target: 'es2024' });
      const said = without(without(code, wordsOfRoutes), wordsOfCommands).replaceAll(described, '');
      return { contents: path.includes('/commands/specs-') ? atOnce(said) : said, resolveDir: dirname(path) };
    });
  },
};

/** An object that has both marks is a route or a command; what it is without these names is what runs. */
type Words = { marks: readonly [string, string]; names: readonly string[] };
const wordsOfRoutes: Words = {
  marks: ['summary', 'answers'],
  names: ['id', 'tag', 'summary', 'description', 'answers', 'errors'],
};
const wordsOfCommands: Words = {
  marks: ['summary', 'run'],
  names: ['summary', 'arguments', 'options', 'examples'],
};
const described = /\.describe\((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`\\$]*`)\)/g;

function without(code: string, { marks, names }: Words): string {
  const lines = code.split('\n');
  const dropped = new Set<number>();
  for (const [at, line] of lines.entries()) {
    if (!line.trimStart().startsWith('summary:')) continue;
    const properties = propertiesAround(lines, at);
    if (!marks.every((mark) => properties.some(({ name }) => name === mark))) continue;
    for (const { name, lines: own } of properties)
      if (names.includes(name)) own.forEach((n) => dropped.add(n));
  }
  return lines.filter((_, n) => !dropped.has(n)).join('\n');
}

/** Of the object that has one on this line. */
function propertiesAround(lines: readonly string[], at: number): { name: string; lines: number[] }[] {
  const depthAt = (n: number): number => lines[n]?.search(/\S|$/) ?? -1;
  const depth = depthAt(at);
  let first = at;
  while (depthAt(first - 1) >= depth) first -= 1;
  const found: { name: string; lines: number[] }[] = [];
  for (let n = first; depthAt(n) >= depth; n += 1) {
    const [, begun] = /^ *(\w+)/.exec(lines[n] ?? '') ?? [];
    if (depthAt(n) === depth && begun !== undefined) found.push({ name: begun, lines: [] });
    found.at(-1)?.lines.push(n);
  }
  return found;
}

/** One module for all commands: twenty would each bring a list of what they import. */
function atOnce(code: string): string {
  const imports: string[] = [];
  const text = code.replaceAll(/\(await import\(("[^"]+")\)\)/g, (_, path: string) => {
    imports.push(`import * as late${imports.length} from ${path};`);
    return `late${imports.length - 1}`;
  });
  return [...imports, text].join('\n');
}

export const leftOut: readonly Plugin[] = [oneLanguage, unprinted, neverRun, uncompressed, unsaid];
