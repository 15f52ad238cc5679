#!/usr/bin/env node
/**
 * The `patchbay` command: what the console does, from a shell, on the data folder itself. It works while the hub runs:
 * SQLite's WAL lets both write, and the hub sees by `data_version` that another process has. The verbs are data in
 * #src/commands; here they meet commander, the terminal and the composition for Node.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Command as Program, CommanderError } from 'commander';
import { type Command, commands, type Machine, type Terminal } from '#src/commands';
import { PatchbayError } from '#src/errors';
import type { NodeHub } from './node.ts';

const program = new Program('patchbay')
  .description('Integration and webhook hub: publish once, delivered to every entitled endpoint.')
  .option('--data <folder>', 'the data folder (default: PATCHBAY_DATA, else ./data)')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text) })
  .addHelpText('after', '\nEach command has examples: patchbay token create --help');

async function main(): Promise<void> {
  // `patchbay event types | head -3` closes the pipe early, which is no error.
  process.stdout.on('error', () => process.exit());
  for (const command of commands) declare(command);
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

function declare(command: Command): void {
  const words = command.name.split(' ');
  const parent = words.slice(0, -1).reduce(groupOf, program);
  const declared = parent
    .command(words.at(-1) ?? '')
    .description(command.summary)
    .exitOverride()
    .addHelpText('after', `\nFor example:\n${command.examples.map((line) => `  ${line}`).join('\n')}`);
  for (const [form, description] of command.arguments ?? []) declared.argument(form, description);
  for (const [flags, description] of command.options ?? []) declared.option(flags, description);
  declared.action(async () => {
    const { data } = program.opts<{ data?: string }>();
    const opened = openTerminal(data ?? process.env['PATCHBAY_DATA'] ?? 'data');
    try {
      await command.run(opened.terminal, { args: declared.args, options: declared.opts() });
    } finally {
      await opened.close();
    }
  });
}

function groupOf(parent: Program, word: string): Program {
  const known = parent.commands.find((one) => one.name() === word);
  return known ?? parent.command(word).description(`see: patchbay ${word} --help`).exitOverride();
}

function openTerminal(folder: string): { terminal: Terminal; close(): Promise<void> } {
  const state: { node: NodeHub | null; stopped: Promise<void> | null } = { node: null, stopped: null };
  const terminal: Terminal = {
    out: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
    fail: (code = 1) => {
      process.exitCode = code;
    },
    open: async () => {
      // Loaded late: help and a mistyped option need no database.
      const { openNodeHub } = await import('./node.ts');
      const environment = { ...process.env, PATCHBAY_DATA: folder, PATCHBAY_SEND_THREAD: '0' };
      state.node = await openNodeHub(environment, quiet);
      return state.node.hub;
    },
    machine: () => openMachine(folder),
    readFile: (path) => readFile(path, 'utf8'),
    call: async ({ url, ...request }) => {
      const answer = await fetch(url, {
        ...request,
        redirect: 'manual',
        signal: AbortSignal.timeout(15_000),
      });
      return { status: answer.status, body: await answer.text(), date: answer.headers.get('date') };
    },
    stopped: () => (state.stopped ??= toldToStop()),
    serve: async (role, over) => {
      const { startPullWorker, startRelay } = await import('./node-pull.ts');
      const environment = { ...process.env, ...over };
      return role === 'pull' ? startPullWorker(environment) : startRelay(environment);
    },
    hubUrl: process.env['PATCHBAY_URL'] ?? null,
  };
  return {
    terminal,
    close: async () => state.node?.close(),
  };
}

async function openMachine(folder: string): Promise<Machine> {
  const { createMachine } = await import('./adapters/host-node/machine.ts');
  const machine = createMachine({
    folder,
    migrationsFolder: fileURLToPath(new URL('../migrations', import.meta.url)),
    databaseUrl: process.env['DATABASE_URL']?.trim() || null,
    redisUrl: process.env['REDIS_URL']?.trim() || null,
    journal: journalPath(process.env['PATCHBAY_REVOCATION_JOURNAL']),
    hasMasterKeysSet: process.env['PATCHBAY_MASTER_KEYS'] !== undefined,
    hasPeppersSet: process.env['PATCHBAY_PEPPERS'] !== undefined,
  });
  return { ...machine, migrate: () => migrate(folder) };
}

/** A hub that opens migrates; here also where the processes that run are told not to. */
async function migrate(folder: string): Promise<void> {
  const { openNodeHub } = await import('./node.ts');
  const node = await openNodeHub({ ...process.env, PATCHBAY_DATA: folder, PATCHBAY_MIGRATE: '1' }, quiet);
  await node.close();
}

/** `end` is the word that none is kept any more. */
const journalPath = (text: string | undefined): string | null => (text && text !== 'end' ? text : null);

/** Only a command that asks for it ends by itself; the others end as any process does. */
const toldToStop = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });

/** What the hub would log is not what was asked for; errors come out as one line. */
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

function exitCodeOf(error: unknown): number {
  // Commander has said what is wrong; help that was asked for is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
  process.stderr.write(`patchbay: ${lineOf(error)}\n`);
  return 1;
}

/** Whoever runs this owns the hub, so the internal text may be told where there is no better one. */
function lineOf(error: unknown): string {
  if (error instanceof PatchbayError) {
    const text = error.code === 'internal' ? error.message : error.publicText;
    const untold = (error.errors ?? []).filter(({ detail }) => !text.includes(detail));
    return [text, ...untold.map(({ pointer, detail }) => `${pointer} ${detail}`.trim())].join(' ');
  }
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'something went wrong';
}

await main();
