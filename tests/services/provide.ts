import { execFile } from 'node:child_process';
import { access, constants, glob } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Finds a program that tests need for real (a database, a browser): on the path, then in the folders where
 * its packages put it, then, as root on a system with apt, by installing it, saying so. What cannot be found
 * is `ServiceAbsent`; who asked decides whether that skips a suite or fails it.
 */
export async function provideProgram(wanted: Wanted): Promise<string> {
  const found = await findProgram(wanted);
  if (found) return found;
  await installOnce(wanted);
  const installed = await findProgram(wanted);
  if (installed) return installed;
  throw new ServiceAbsent(
    `${wanted.package} was installed, but holds none of: ${wanted.programs.join(', ')}`,
  );
}

export type Wanted = {
  /** Any of these names will do; the first that is found is taken. */
  programs: string[];
  /** Globs of folders beside the path. */
  folders: string[];
  /** What apt calls it. */
  package: string;
};

/** This machine cannot provide a service; the message says why. */
export class ServiceAbsent extends Error {
  override name = 'ServiceAbsent';
}

export async function findProgram({
  programs,
  folders,
}: Omit<Wanted, 'package'>): Promise<string | undefined> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const beside: string[] = [];
  for await (const folder of glob(folders)) beside.push(folder);
  // Highest version first: /usr/lib/postgresql/17/bin before 15.
  beside.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  for (const folder of [...onPath, ...beside]) {
    for (const program of programs) {
      const path = join(folder, program);
      if (await isExecutable(path)) return path;
    }
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function installOnce(wanted: Wanted): Promise<void> {
  const apt = await findProgram({ programs: ['apt-get'], folders: [] });
  const why = `no ${wanted.programs.join(' or ')} on this machine`;
  if (process.getuid?.() !== 0 || !apt) throw new ServiceAbsent(`${why}; install ${wanted.package}`);
  process.stderr.write(`tests: ${why}: installing ${wanted.package} with apt-get\n`);
  try {
    await run(apt, ['update', '-q'], aptSettings);
    await run(
      apt,
      ['install', '-y', '-q', '-o', 'DPkg::Lock::Timeout=240', '--no-install-recommends', wanted.package],
      aptSettings,
    );
  } catch (cause) {
    throw new ServiceAbsent(`${why}; apt-get could not install ${wanted.package}`, { cause });
  }
}

const run = promisify(execFile);
const aptSettings = {
  // RUNLEVEL=1: Debian packages start no system-wide server beside ours.
  env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  timeout: 300_000,
  maxBuffer: 64 * 1024 * 1024,
};
