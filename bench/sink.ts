/**
 * The receiver: `node bench/sink.ts 10 127.0.0.1,127.0.0.2` opens ten ports, on these hosts in turn, prints
 * them, counts what comes and stays.
 * The mode of a path is that of the longest prefix that was given one; without any it is `ok`.
 */
import { serveControl } from './sink/control.ts';
import { listen } from './sink/listener.ts';
import type { SinkMode, SinkReady } from './sink/plan.ts';
import { createTally } from './sink/tally.ts';

const tally = createTally();
const modes = new Map<string, SinkMode>();

const ports: number[] = [];
const hosts = (process.argv[3] ?? '127.0.0.1').split(',');
for (let opened = 0; opened < Number(process.argv[2] ?? 1); opened += 1)
  ports.push(await listen(tally, modeOf, hosts[opened % hosts.length] ?? '127.0.0.1'));
const ready: SinkReady = { controlPort: await serveControl(tally, modes), ports };
process.stdout.write(`${JSON.stringify(ready)}\n`);
process.once('SIGTERM', () => process.exit(0));

function modeOf(path: string): SinkMode {
  if (modes.size === 0) return 'ok';
  let [longest, mode]: [number, SinkMode] = [-1, 'ok'];
  for (const [prefix, given] of modes) {
    if (path.startsWith(prefix) && prefix.length > longest) [longest, mode] = [prefix.length, given];
  }
  return mode;
}
