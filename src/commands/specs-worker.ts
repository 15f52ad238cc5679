import { type Command, type Terminal, textOf, wrong } from './command.ts';

export const workerCommands: readonly Command[] = [
  {
    name: 'worker',
    summary: 'deliver for a hub elsewhere that runs with PATCHBAY_DELIVERY=pull',
    options: [['--hub <url>', 'where the hub answers (default: PATCHBAY_HUB_URL)']],
    examples: ['PATCHBAY_WORKER_KEYS=1:… patchbay worker --hub https://hub.example'],
    run: (terminal, input) => serve(terminal, 'pull', { PATCHBAY_HUB_URL: textOf(input, 'hub') }),
  },
  {
    name: 'relay',
    summary: 'send for a hub on Workers, which cannot pin the addresses that names lead to',
    options: [
      ['--port <port>', 'where it listens (default: PORT, else 8090)'],
      ['--host <address>', 'on which address (default: HOST, else 127.0.0.1)'],
    ],
    examples: ['PATCHBAY_WORKER_KEYS=1:… patchbay relay --port 8090'],
    run: (terminal, input) =>
      serve(terminal, 'relay', { PORT: textOf(input, 'port'), HOST: textOf(input, 'host') }),
  },
];

async function serve(
  terminal: Terminal,
  role: 'pull' | 'relay',
  given: Record<string, string | null>,
): Promise<void> {
  if (!terminal.serve) throw wrong('This runs on a machine of yours, not at the edge.');
  const over = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== null);
  const running = await terminal.serve(role, Object.fromEntries(over));
  await terminal.stopped();
  await running.stop();
}
