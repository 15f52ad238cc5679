import { startNodeHub } from './node.ts';

/** `npm start`: the hub, until it is told to stop. What is under way may end; the rest goes back to the store. */
const running = await startNodeHub(process.env);
process.stderr.write(`Patchbay listens on http://${process.env['HOST'] ?? '127.0.0.1'}:${running.port}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void running.stop().then(() => process.exit(0)));
}
