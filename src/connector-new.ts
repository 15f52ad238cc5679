/** `npm run connector:new -- <name>`: a folder that passes the suite at once, and its line in the registry. */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, writeRegistry } from './connector-registry.ts';

const [name, ...rest] = process.argv.slice(2);
const refusal = refusalOf(name, rest);
if (name === undefined || refusal !== null) {
  process.stderr.write(`${refusal}\nnpm run connector:new -- <name>\n`);
  process.exitCode = 1;
} else {
  const folder = join(root, 'connectors', name);
  const template = join(root, 'tests/connectors/template');
  const files = globSync('**/*', { cwd: template, withFileTypes: true }).filter((file) => file.isFile());
  for (const file of files) {
    const from = join(file.parentPath, file.name);
    const to = join(folder, from.slice(template.length + 1));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, named(readFileSync(from, 'utf8'), name));
  }
  writeRegistry();
  process.stdout.write(
    `connectors/${name} is written, and listed in connectors/registry.ts.\n` +
      `It speaks to a vendor that does not exist. Change it file by file (docs/guides/connector.md), and ask:\n` +
      `  npm run connector:check -- ${name}\n`,
  );
}

function refusalOf(id: string | undefined, more: readonly string[]): string | null {
  if (id === undefined) return 'Which connector? Give it the name of its vendor.';
  if (more.length > 0) return 'One name at a time.';
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id) || id.length > 40)
    return `"${id}" cannot be a folder's name: lower-case letters, digits and single hyphens, a letter first, 40 at most.`;
  if (id === 'template') return '"template" is the name of what is copied.';
  if (existsSync(join(root, 'connectors', id))) return `connectors/${id} is there already.`;
  return null;
}

/** The template's name in every spelling that it has there. */
function named(text: string, id: string): string {
  const words = id.split('-');
  return text
    .replaceAll('TEMPLATE', words.join('_').toUpperCase())
    .replaceAll(
      'Template',
      words.map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join(' '),
    )
    .replaceAll('template', id);
}
