import { cpSync } from 'node:fs';
import { ENVIRONMENT, firstAccepted, freePort, SERVER, targetOf } from './hub-client.ts';
import type { HubTokens } from './hub-tokens.ts';
import { launch, pidOf, runProgram, stopProcess } from './programs.ts';
import type { Target } from './target.ts';

/**
 * The hub as anybody would run it: a process of its own, asked over HTTP.
 * Everything that this benchmark takes for granted about it stands in the next few lines.
 */
const TOKENS = './hub-tokens.ts';

/** A store with its tokens, made once; each hub that is started gets a copy of it. */
export type HubHome = HubTokens & { directory: string };

export async function prepareHub(directory: string): Promise<HubHome> {
  const env = { ...ENVIRONMENT, PATCHBAY_DATA: directory };
  return { ...(await runProgram<HubTokens>({ file: TOKENS, env })), directory };
}

/** Starts a hub on a copy of the prepared store, or on the given directory as it stands. */
async function startHub(home: HubHome, directory: string): Promise<Target> {
  if (directory !== home.directory) cpSync(home.directory, directory, { recursive: true });
  const port = await freePort();
  const root = `http://127.0.0.1:${port}`;
  const publish = { url: `${root}/v1/events`, headers: { authorization: `Bearer ${home.publisher}` } };

  const startedAt = performance.now();
  const child = launch({
    file: SERVER,
    env: { ...ENVIRONMENT, PORT: String(port), PATCHBAY_DATA: directory },
  });
  child.stdout?.resume();
  try {
    await firstAccepted(child, publish);
  } catch (error) {
    await stopProcess(child);
    throw error;
  }
  const startMs = performance.now() - startedAt;

  return {
    ...targetOf(root, home),
    name: 'hub',
    pids: [pidOf(child)],
    publish,
    startMs,
    stop: () => stopProcess(child),
  };
}

/** Starts a hub, uses it, and stops it whatever happens. */
export async function withHub<Result>(
  home: HubHome,
  directory: string,
  use: (hub: Target) => Promise<Result>,
): Promise<Result> {
  const hub = await startHub(home, directory);
  try {
    return await use(hub);
  } finally {
    await hub.stop();
  }
}
