/** `npm run connector:check -- <name>`: is it fit to be merged? The suite on both hosts, lint, types, size, registry, docs. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { connectorIds, registryText, root } from './connector-registry.ts';

/** `says`: in a few words. `why`: what is to be done; empty where it is well. */
type Finding = { what: string; says: string; why: string };
type Report = { testResults: { message: string; assertionResults: Assertion[] }[] };
type Assertion = { ancestorTitles: string[]; title: string; status: string; failureMessages: string[] };

/** Ours: the Worker loads a connector when it is first needed, and an event waits for that. zod is there already. */
const mostKib = 40;

const [name] = process.argv.slice(2);
if (name === undefined || !existsSync(join(root, 'connectors', name, 'index.ts'))) {
  process.stderr.write(
    `${name === undefined ? 'Which connector?' : `There is no connectors/${name}/index.ts.`} There are: ${connectorIds().join(', ')}.\nnpm run connector:check -- <name>\n`,
  );
  process.exitCode = 1;
} else {
  const folder = `connectors/${name}`;
  const findings = [
    suite(name),
    lint(folder),
    format(folder),
    types(folder),
    await size(folder),
    registry(),
    docs(name),
  ];
  process.stdout.write(
    `\n${name}\n${findings.map(({ what, says }) => `  ${what.padEnd(9)} ${says}\n`).join('')}`,
  );
  const wrong = findings.filter(({ why }) => why !== '');
  for (const { what, why } of wrong) process.stdout.write(`\n${what}:\n${why}\n`);
  if (wrong.length > 0) process.exitCode = 1;
}

function suite(id: string): Finding {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-connector-'));
  try {
    const file = join(folder, 'report.json');
    const run = tool(
      'vitest',
      [
        'run',
        '--config',
        'tests/connectors/check.config.ts',
        'tests/connectors/conformance.test.ts',
        '--reporter=json',
        `--outputFile=${file}`,
      ],
      {
        CONNECTOR: id,
      },
    );
    if (!existsSync(file)) return { what: 'suite', says: 'did not run', why: run.text };
    const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report;
    const all = testResults.flatMap(({ assertionResults }) => assertionResults);
    const broken = testResults.filter(({ assertionResults }) => assertionResults.length === 0);
    const failed = all.filter(({ status }) => status === 'failed');
    return {
      what: 'suite',
      says: `${counted(all, 'on Node')} on Node, ${counted(all, 'in workerd')} in workerd`,
      why: [...broken.map(({ message }) => message), ...failed.map(told)].join('\n'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function counted(all: readonly Assertion[], host: string): string {
  const own = all.filter(({ ancestorTitles }) => ancestorTitles.at(-1)?.endsWith(host) === true);
  const passed = own.filter(({ status }) => status === 'passed').length;
  return passed === own.length ? `${passed}` : `${passed} of ${own.length}`;
}

/** The first lines: what follows is where in the suite it was found. */
function told({ ancestorTitles, title, failureMessages }: Assertion): string {
  const words = (failureMessages[0] ?? '').split('\n').filter((line) => !/^\s+at /.test(line));
  return `  ${ancestorTitles.join(' ')}: ${title}\n${words
    .slice(0, 6)
    .map((line) => `    ${line}\n`)
    .join('')}`;
}

function lint(folder: string): Finding {
  const run = tool('oxlint', [folder]);
  return { what: 'lint', says: run.ok ? 'clean' : 'finds something', why: run.ok ? '' : run.text };
}

function format(folder: string): Finding {
  const run = tool('oxfmt', ['--check', folder]);
  return { what: 'format', says: run.ok ? 'clean' : 'differs', why: run.ok ? '' : `  npx oxfmt ${folder}` };
}

/** This folder and what it imports, by the rules of the whole. */
function types(folder: string): Finding {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  // Below node_modules, where `types` finds them.
  const place = mkdtempSync(join(cache, 'connector-'));
  try {
    const project = join(place, 'tsconfig.json');
    const config = { extends: join(root, 'tsconfig.json'), include: [join(root, folder)] };
    writeFileSync(project, JSON.stringify(config));
    const { ok, text } = tool('tsc', ['--noEmit', '-p', project]);
    const count = text.split('\n').filter((line) => / error TS\d+: /.test(line)).length;
    return { what: 'types', says: ok ? 'clean' : `${count} errors`, why: ok ? '' : text };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

async function size(folder: string): Promise<Finding> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [`${folder}/index.ts`],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    external: ['zod'],
    write: false,
    logLevel: 'silent',
  });
  const kib = gzipSync(outputFiles[0]?.contents ?? '').length / 1_024;
  const why = kib > mostKib ? `  More than ${mostKib} KiB: which library is it?` : '';
  return { what: 'size', says: `${kib.toFixed(1)} KiB gzipped, of ${mostKib} at most`, why };
}

function registry(): Finding {
  const isFresh = readFileSync(join(root, 'connectors/registry.ts'), 'utf8') === registryText(connectorIds());
  return {
    what: 'registry',
    says: isFresh ? 'has it' : 'is stale',
    why: isFresh ? '' : '  npm run connector:registry',
  };
}

/** By the page's own program: what a connector's manifest becomes is known there alone. */
function docs(id: string): Finding {
  const page = 'tests/connectors/write-docs.ts';
  const { status, stdout, stderr } = spawnSync(process.execPath, [page, '--check', id], {
    cwd: root,
    encoding: 'utf8',
  });
  return {
    what: 'docs',
    says: status === 0 ? 'tell it as it is' : 'are stale',
    why: status === 0 ? '' : `${stdout}${stderr}`,
  };
}

function tool(
  program: string,
  args: string[],
  environment: Record<string, string> = {},
): { ok: boolean; text: string } {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', program), args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  return { ok: status === 0, text: `${stdout}${stderr}` };
}
