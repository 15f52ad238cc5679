import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { startRedis } from './redis.ts';

/** A Redis Cluster of three masters, so that keys of different slots lie on different servers. `url` names them all. */
export async function startRedisCluster(): Promise<{ url: string; stop(): Promise<void> }> {
  const nodes = await Promise.all([0, 1, 2].map(startNode));
  const stop = async () => {
    for (const { client } of nodes) client.disconnect();
    await Promise.all(nodes.map(({ server }) => server.stop()));
  };
  try {
    await join(nodes);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: nodes.map(({ server }) => server.url).join(','), stop };
}

type Node = Awaited<ReturnType<typeof startNode>>;

async function startNode() {
  const bus = await freePort();
  const server = await startRedis(['--cluster-enabled', 'yes', '--cluster-port', String(bus)]);
  return { server, bus, client: new Redis(server.url) };
}

async function join(nodes: Node[]): Promise<void> {
  const share = Math.ceil(slots / nodes.length);
  for (const [i, { client }] of nodes.entries()) {
    const last = Math.min(slots, (i + 1) * share) - 1;
    await client.call('CLUSTER', 'ADDSLOTSRANGE', i * share, last);
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
    for (const { server, bus } of nodes.slice(0, i))
      await client.call('CLUSTER', 'MEET', '127.0.0.1', new URL(server.url).port, bus);
  }
  for (let left = 200; left > 0; left -= 1) {
    const infos = await Promise.all(nodes.map(({ client }) => client.call('CLUSTER', 'INFO')));
    const isWhole = (info: unknown) =>
      /cluster_state:ok/.test(String(info)) && /cluster_known_nodes:3/.test(String(info));
    if (infos.every(isWhole)) return;
    await pause(50);
  }
  throw new Error('the nodes did not become one cluster within 10 s');
}

const slots = 16_384;
