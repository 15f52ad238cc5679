/**
 * `npm run edge`: the edge on this machine until ctrl-c. `npm run edge -- token create …`: a command of the operator,
 * run by an edge that runs, here or (with PATCHBAY_URL and PATCHBAY_OPERATOR_KEY) anywhere.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command as Program } from 'commander';
import { type Command, commands } from '#src/commands';
import { makeFolder } from './adapters/host-node/make-folder.ts';
import { startEdge } from './edge.ts';
import { type OperatorAnswer, operatorPath } from './operator.ts';

const folder = process.env['PATCHBAY_EDGE_DATA'] ?? 'data/edge';
const port = Number(process.env['PORT'] ?? 8787);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

type Secrets = Record<'PATCHBAY_MASTER_KEYS' | 'PATCHBAY_PEPPERS' | 'PATCHBAY_OPERATOR_KEY', string>;

/** Made once and kept beside the data, mode 600; on Cloudflare they are secrets of the Worker. */
function ownSecrets(): Secrets {
  const file = join(folder, 'secrets.json');
  if (!existsSync(file)) {
    makeFolder(folder);
    const key = () => randomBytes(32).toString('base64');
    const fresh: Secrets = {
      PATCHBAY_MASTER_KEYS: `1:${key()}`,
      PATCHBAY_PEPPERS: `1:${key()}`,
      PATCHBAY_OPERATOR_KEY: key(),
    };
    writeFileSync(file, JSON.stringify(fresh, null, 2), { mode: 0o600, flag: 'wx' });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Secrets; // Written above.
}

async function start(): Promise<void> {
  const given = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[0].startsWith('PATCHBAY_') && entry[1] !== undefined,
  );
  const edge = await startEdge({
    folder,
    port,
    environment: {
      ...ownSecrets(),
      PATCHBAY_PUBLIC_URL: `http://127.0.0.1:${port}`,
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'info',
      ...Object.fromEntries(given),
    },
  });
  say(`Patchbay at the edge, in workerd: ${edge.origin}`);
  say(`The API is described at ${edge.origin}/docs. All data is in ${folder}.`);
  say('An account and its token, in another shell:');
  const run = `${port === 8787 ? '' : `PORT=${port} `}npm run edge --`;
  say(`  ${run} account create --name "Taqueria Luna" --city houston`);
  say(`  ${run} token create --account "Taqueria Luna" --scopes bookings:read,webhooks:manage`);
  if (process.env['PATCHBAY_ALLOW_LOOPBACK'] !== '1')
    say(
      'Endpoints on this machine are refused; PATCHBAY_ALLOW_LOOPBACK=1 opens them, for development alone.',
    );
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void edge.stop().then(() => process.exit(0)));
}

function declare(program: Program, command: Command): void {
  const words = command.name.split(' ');
  const parent = words
    .slice(0, -1)
    .reduce((at, word) => at.commands.find((one) => one.name() === word) ?? at.command(word), program);
  const declared = parent.command(words.at(-1) ?? '').description(command.summary);
  for (const [form, description] of command.arguments ?? []) declared.argument(form, description);
  for (const [flags, description] of command.options ?? []) declared.option(flags, description);
  declared.action(async () => {
    process.exitCode = await runThere(command, declared.args, declared.opts());
  });
}

/** Answers the exit code. */
async function runThere(command: Command, args: string[], options: Record<string, unknown>): Promise<number> {
  const url = process.env['PATCHBAY_URL'] ?? `http://127.0.0.1:${port}`;
  const key = process.env['PATCHBAY_OPERATOR_KEY'] ?? ownSecrets().PATCHBAY_OPERATOR_KEY;
  const paths = [options['file'], args[command.arguments?.findIndex(([form]) => form === '<file>') ?? -1]];
  const files = Object.fromEntries(
    paths
      .filter((path) => typeof path === 'string')
      // One that is not there is for the command to say.
      .filter((path) => existsSync(path))
      .map((path) => [path, readFileSync(path, 'utf8')]),
  );
  const response = await fetch(url + operatorPath, {
    method: 'POST',
    headers: { authorization: `Operator ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ command: command.name, args, options, files }),
    signal: AbortSignal.timeout(60_000),
  }).catch(() => null);
  if (!response) {
    say(`patchbay: no hub answers at ${url}. Start it with npm run edge, or name it in PATCHBAY_URL.`);
    return 1;
  }
  if (!response.ok) {
    const problem = (await response.json().catch(() => null)) as { detail?: string } | null;
    say(`patchbay: ${problem?.detail ?? `${url} answered ${response.status}`}`);
    return 1;
  }
  const { lines, exitCode } = (await response.json()) as OperatorAnswer; // This version's own door.
  for (const { to, text } of lines) (to === 'out' ? process.stdout : process.stderr).write(`${text}\n`);
  return exitCode;
}

if (process.argv.length > 2) {
  const program = new Program('npm run edge --').description(
    'Commands of the operator for a hub at the edge.',
  );
  for (const command of commands) declare(program, command);
  await program.parseAsync(process.argv);
} else {
  await start().catch((error: unknown) => {
    if (!(error instanceof Error) || !error.message.includes('Address already in use')) throw error;
    say(`patchbay: port ${port} is taken by another program; choose one with PORT=…`);
    process.exit(1);
  });
}
