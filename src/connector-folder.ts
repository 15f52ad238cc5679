/** A new connector's folder: a copy of tests/connectors/template, which passes the suite, under another name. */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, writeRegistry } from './connector-registry.ts';

/** Why there can be no connector of this name; null: there can. */
export function refusalOf(name: string | undefined, house = root): string | null {
  if (name === undefined) return 'Which connector? Give it the name of its vendor.';
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) || name.length > 40)
    return `"${name}" cannot be a folder's name: lower-case letters, digits and single hyphens, a letter first, 40 at most.`;
  if (name === 'template') return '"template" is the name of what is copied.';
  if (existsSync(join(house, 'connectors', name))) return `connectors/${name} is there already.`;
  return null;
}

/** Lists it in the registry too. */
export function writeConnector(name: string, house = root): void {
  const template = join(root, 'tests/connectors/template');
  const files = globSync('**/*', { cwd: template, withFileTypes: true }).filter((file) => file.isFile());
  for (const file of files) {
    const from = join(file.parentPath, file.name);
    const to = join(house, 'connectors', name, from.slice(template.length + 1));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, named(readFileSync(from, 'utf8'), name));
  }
  writeRegistry(house);
}

/** The template's name in every spelling that it has there. */
function named(text: string, name: string): string {
  const words = name.split('-');
  return text
    .replaceAll('TEMPLATE', words.join('_').toUpperCase())
    .replaceAll(
      'Template',
      words.map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join(' '),
    )
    .replaceAll('template', name);
}
