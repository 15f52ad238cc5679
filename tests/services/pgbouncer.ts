import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { ownFolder } from './own-folder.ts';
import { provideProgram } from './provide.ts';

export type Pooler = { url: string; stop(): Promise<void> };

export const pgbouncerProgram = {
  programs: ['pgbouncer'],
  folders: ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'],
  package: 'pgbouncer',
};

/**
 * PgBouncer before this database, in transaction mode and with few connections: each transaction may be on another one,
 * so whatever a session keeps (prepared statements, LISTEN, session locks, SET) is lost or, worse, somebody else's.
 */
export async function startPooler(database: string): Promise<Pooler> {
  const program = await provideProgram(pgbouncerProgram);
  const folder = await ownFolder('pgbouncer');
  const port = await freePort();
  const { hostname, port: serverPort, username } = new URL(database);
  const users = join(folder, 'users.txt');
  const ini = join(folder, 'pgbouncer.ini');
  await writeFile(users, `"${username}" ""\n`);
  await writeFile(
    ini,
    [
      '[databases]',
      `* = host=${hostname} port=${serverPort} user=${username}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = trust',
      `auth_file = ${users}`,
      'pool_mode = transaction',
      'default_pool_size = 3',
      'max_client_conn = 200',
      `logfile = ${join(folder, 'log')}`,
    ].join('\n'),
  );
  // It refuses to run as root; whoever it runs as must be able to read and write here.
  await chmod(folder, 0o777);
  const isRoot = process.getuid?.() === 0;
  const server = spawn(program, [...(isRoot ? ['-u', 'nobody'] : []), ini], { stdio: 'ignore' });
  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listens(port, server);
  } catch (error) {
    await stop();
    throw error;
  }
  const url = new URL(database);
  url.port = String(port);
  return { url: url.href, stop };
}

async function listens(port: number, server: { exitCode: number | null }): Promise<void> {
  for (let left = 200; left > 0; left -= 1) {
    if (server.exitCode !== null)
      throw new Error(`PgBouncer ended with code ${server.exitCode} while starting`);
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      // Not listening yet: the tries are counted.
      await pause(50);
    } finally {
      socket.destroy();
    }
  }
  throw new Error('PgBouncer did not listen within 10 s');
}
