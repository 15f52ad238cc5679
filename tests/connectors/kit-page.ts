/** docs/connector-kit.md: the kit's own declarations, one file a section, as the compiler writes them. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kitVersion } from '#kit';
import { root } from '../../src/connector-registry.ts';

/** In the order in which one reads them; each is a file of src/connector-kit. */
export const sections: readonly { file: string; title: string }[] = [
  { file: 'connector', title: 'A connector' },
  { file: 'event', title: 'What it plans from' },
  { file: 'outcome', title: 'What it does, and what comes of it' },
  { file: 'ctx', title: 'What it may do' },
  { file: 'manifest', title: 'What it says of itself' },
  { file: 'inbound', title: 'What comes in' },
  { file: 'test-event', title: 'Tests that a user sends' },
  { file: 'read-event', title: 'Reading events' },
  { file: 'read-answer', title: 'Reading and signing' },
  { file: 'stable-id', title: 'Ids and digests' },
  { file: 'canonical-json', title: 'JSON for digests' },
  { file: 'manifest-document', title: 'Manifests of deliverables' },
];

const head = `# The connector kit

<!-- Written by tests/connectors/write-kit-page.ts from src/connector-kit. Change that, not this. -->

All that a connector may see, and the only thing that it imports: \`#kit\`, version ${kitVersion}. How to write one: [the guide](guides/connector.md). What proves it: [the suite](../tests/connectors/conformance/README.md).

**Versions.** The kit follows semver. A patch changes no declaration. A minor adds: an optional field of a manifest, an optional function of a connector, a field of \`ctx\`, something exported. What is removed, renamed, made required, or answered in another way is a major; the one before is kept for six months, with what to change in \`CHANGELOG.md\`. New members of unions that a connector reads (\`Verified\`, what \`ask\` answers) count as additions: close a \`switch\` with a default. A connector's own version is in its manifest and its own affair.

A connector runs on Node and on Workers unchanged. The platform's \`URL\`, \`Headers\`, \`Response\`, \`TextEncoder\`, \`crypto.subtle\` and zod are there; \`node:\`, \`fetch\`, \`Date.now\`, timers and \`process\` are not.
`;

export function kitPage(): string {
  const declarations = declarationsOf(sections.map(({ file }) => file));
  const parts = sections.map(
    ({ file, title }) => `\n## ${title}\n\n\`\`\`ts\n${declarations.get(file) ?? ''}\`\`\`\n`,
  );
  return [head, ...parts].join('');
}

function declarationsOf(files: readonly string[]): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-kit-'));
  try {
    const options = '--ignoreConfig --declaration --emitDeclarationOnly --strict --skipLibCheck --types node';
    const dialect =
      '--module nodenext --target es2024 --lib es2024,dom,dom.iterable --allowImportingTsExtensions';
    execFileSync(
      join(root, 'node_modules/.bin/tsc'),
      [...`src/connector-kit/index.ts ${options} ${dialect}`.split(' '), '--outDir', folder],
      { cwd: root, stdio: 'pipe' },
    );
    const pathOf = (file: string) => join(folder, `${file}.ts`);
    for (const file of files)
      writeFileSync(pathOf(file), tidy(readFileSync(join(folder, `${file}.d.ts`), 'utf8')));
    copyFileSync(join(root, '.oxfmtrc.json'), join(folder, '.oxfmtrc.json'));
    execFileSync(join(root, 'node_modules/.bin/oxfmt'), files.map(pathOf), { cwd: folder, stdio: 'pipe' });
    return new Map(
      files.map((file) => [file, readFileSync(pathOf(file), 'utf8').replaceAll('declare ', '')]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All of it is one door, so where a name comes from is of no matter. */
function tidy(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^import .* from /.test(line) && line !== 'export {};' && !line.startsWith('//#'))
    .join('\n')
    .trim()
    .concat('\n');
}
