import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from './free-port.ts';
import { ownFolder } from './own-folder.ts';
import { provideProgram } from './provide.ts';

export type PostgresServer = {
  url: string;
  /** Throws its clients out and ends; `kill -9` of all its processes is `kill`. */
  shutDown(): Promise<void>;
  kill(): Promise<void>;
  /** Starts it again on the same data and port. */
  start(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * A PostgreSQL of our own: fresh data in a temporary folder, on a free port of 127.0.0.1, gone after `stop`.
 * `durable: true` keeps fsync on, for tests that kill the server and look at what is left; `settings` are
 * further lines of postgresql.conf.
 */
export async function startPostgres(wish: PostgresWish = {}): Promise<PostgresServer> {
  const initdb = await provideProgram(postgresProgram);
  const bin = dirname(initdb);
  const folder = await ownFolder('postgres');
  const user = await serverUser(folder);
  const data = join(folder, 'data');
  const log = join(folder, 'log');
  const asUser = (program: string, args: string[]) => runAs(user, join(bin, program), args, folder);

  try {
    await asUser('initdb', [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
    ]);
    const port = await freePort();
    const options = serverOptions({ port, folder, ...wish });
    const state = { isUp: false };
    const start = async () => {
      await asUser('pg_ctl', ['start', '-D', data, '-l', log, '-w', '-t', '60', '-o', options]);
      state.isUp = true;
    };
    const end = async (mode: 'fast' | 'immediate') => {
      if (state.isUp) await asUser('pg_ctl', ['stop', '-D', data, '-m', mode, '-w']);
      state.isUp = false;
    };
    await start();
    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      shutDown: () => end('fast'),
      kill: async () => {
        await killServer(join(data, 'postmaster.pid'));
        state.isUp = false;
      },
      start,
      stop: async () => {
        await end('immediate');
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (cause) {
    const tail = await readFile(log, 'utf8').catch(() => '(no server log)');
    await rm(folder, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start: ${tail.slice(-2_000)}`, { cause });
  }
}

export type PostgresWish = { durable?: boolean; settings?: Record<string, string | number> };

/** A new, empty database on a server; suites that share one server do not meet. Answers its url. */
export async function freshDatabase(url: string): Promise<string> {
  const name = `suite_${randomBytes(6).toString('hex')}`;
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  } finally {
    await client.end();
  }
  const fresh = new URL(url);
  fresh.pathname = `/${name}`;
  return fresh.href;
}

export const postgresProgram = {
  programs: ['initdb'],
  folders: [
    '/usr/lib/postgresql/*/bin',
    '/usr/local/bin',
    '/usr/local/pgsql/bin',
    '/opt/homebrew/opt/postgresql*/bin',
  ],
  package: 'postgresql',
};

function serverOptions({
  port,
  folder,
  durable = false,
  settings = {},
}: PostgresWish & { port: number; folder: string }) {
  const lines = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    max_connections: 200,
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...settings,
  };
  return Object.entries(lines)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** PostgreSQL refuses to run as root: then the folder and the programs go to another user. */
async function serverUser(folder: string): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = await readFile('/etc/passwd', 'utf8');
  const accounts = passwd.split('\n').map((line) => line.split(':'));
  const account =
    accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody');
  if (!account) throw new Error('root cannot run PostgreSQL, and there is no user postgres or nobody');
  const [name, , uid, gid] = account;
  await chown(folder, Number(uid), Number(gid));
  await chmod(folder, 0o700);
  return name;
}

/** The first process and all that it started: those that are left over would keep the data for themselves. */
async function killServer(pidFile: string): Promise<void> {
  const first = Number((await readFile(pidFile, 'utf8')).split('\n')[0]);
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
  const others = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid, parent]) => (pid !== undefined && parent === first ? [pid] : []));
  const pids = [first, ...others];
  for (const pid of pids) isThere(pid, 'SIGKILL');
  // Until the system has buried them, a new server takes the old one for alive.
  for (let left = 200; pids.some((pid) => isThere(pid, 0)); left -= 1) {
    if (left === 0) throw new Error('PostgreSQL is still there 10 s after kill -9');
    await pause(50);
  }
}

function isThere(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

async function runAs(user: string | undefined, program: string, args: string[], cwd: string): Promise<void> {
  const [command, ...rest] = user ? ['runuser', '-u', user, '--', program, ...args] : [program, ...args];
  // The working folder must be one that the other user may enter.
  await run(command ?? program, rest, { cwd, timeout: 120_000 });
}

const run = promisify(execFile);
