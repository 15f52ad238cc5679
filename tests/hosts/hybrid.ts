import { buildStart, type Child, startProgram } from '../faults/hub-child.ts';
import { startEdgeHub } from './edge.ts';
import { startEmbeddedHub } from './embedded.ts';
import { type Host, newKey, type RunningHub, settings } from './host.ts';

/** workerd takes requests, two Node workers pull what is to be delivered, and send it. */
export const hybrid: Host = { name: 'hybrid', start: () => withWorkers(startEdgeHub) };

/** The same with a hub on Node: what `patchbay worker` needs of a hub, it finds there too. */
export const pulled: Host = { name: 'pulled', start: () => withWorkers(startEmbeddedHub) };

async function withWorkers(
  startHub: (environment: Record<string, string>) => Promise<RunningHub>,
): Promise<RunningHub> {
  await buildStart();
  const keys = newKey();
  const hub = await startHub({ PATCHBAY_DELIVERY: 'pull', PATCHBAY_WORKER_KEYS: keys });
  const [url = ''] = hub.origins;
  const environment = { ...settings, PATCHBAY_WORKER_KEYS: keys, LOG_LEVEL: 'info' };
  const start = () => startProgram(['dist/cli.js', 'worker', '--hub', url], environment, /("role":"pull")/);
  const state = { workers: [] as Child[] };
  const startAll = async () => {
    state.workers = await Promise.all([start(), start()]);
  };
  const stopAll = () => Promise.all(state.workers.map((worker) => worker.kill('SIGTERM')));
  await startAll();
  return {
    ...hub,
    restart: async () => {
      await stopAll();
      await hub.restart();
      await startAll();
    },
    stop: async () => {
      await stopAll();
      await hub.stop();
    },
  };
}
