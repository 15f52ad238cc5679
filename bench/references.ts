import { bookingTemplate } from './template.ts';
import { startProgram } from './programs.ts';
import type { Target } from './target.ts';

export type ReferenceName = 'thin' | 'thin-thread' | 'naive';

const PROGRAMS: Record<ReferenceName, { file: string; flags: string[] }> = {
  thin: { file: './thin.ts', flags: [] },
  'thin-thread': { file: './thin.ts', flags: ['--worker-thread'] },
  naive: { file: './naive.ts', flags: [] },
};

// Nobody checks them here.
const ACCOUNTS = ['1', '2'].map((last) => `acc_${last.padStart(26, '0')}`);

/** Starts one of the programs that the hub is compared with, on an empty directory. */
export async function startReference(name: ReferenceName, directory: string): Promise<Target> {
  const startedAt = performance.now();
  const { file, flags } = PROGRAMS[name];
  const program = await startProgram<{ port: number }>({ file, args: [directory, ...flags] });
  const root = `http://127.0.0.1:${program.ready.port}/v1`;
  const post = async (path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(root + path, { method: 'POST', body: JSON.stringify(body ?? {}) });
    if (!answer.ok) throw new Error(`${name} answered ${answer.status} to ${path}`);
    return answer.json();
  };
  await post('/events', JSON.parse(bookingTemplate([]).join('0'.repeat(26))));

  return {
    name,
    pids: [program.pid],
    publish: { url: `${root}/events`, headers: {} },
    accounts: ACCOUNTS,
    startMs: performance.now() - startedAt,
    // Written by surface.ts.
    subscribe: async (url, account = ACCOUNTS[0]) =>
      (await post('/subscriptions', { endpoint: { url }, account })) as { id: string; secret: string },
    pause: async (id) => {
      await post(`/subscriptions/${id}/pause`);
    },
    resume: async (id) => {
      await post(`/subscriptions/${id}/resume`);
    },
    stop: () => program.stop(),
  };
}
