import { Client } from 'undici';
import type { Connect } from './connect.ts';
import type { Carrier, Exchange } from './exchange.ts';

/**
 * Keep-alive connections per origin, each an undici `Client`. Our own in place of undici's `Pool`, which does not
 * say which connection (and so which checked address) a request took, and holds an expired request in its queue.
 * A connection that closes is forgotten, a lane without connections too: idle origins go by themselves.
 */
export type Origin = { origin: string; protocol: string; host: string; port: number };

export type Lanes = {
  enter(origin: Origin, exchange: Exchange): void;
  close(): Promise<void>;
};

type Lane = { origin: Origin; idle: Connection[]; all: Set<Connection>; waiting: Exchange[] };
type Connection = Carrier & { client: Client; isUp: boolean };
export type LaneOptions = { connect: Connect; maxConnectionsPerOrigin: number; maxOrigins: number };

export function createLanes({ connect, maxConnectionsPerOrigin, maxOrigins }: LaneOptions): Lanes {
  // In the order of last use, oldest first.
  const lanes = new Map<string, Lane>();
  let newest: Lane | undefined;

  function laneOf(origin: Origin): Lane {
    if (newest?.origin.origin === origin.origin) return newest;
    const lane = lanes.get(origin.origin) ?? { origin, idle: [], all: new Set(), waiting: [] };
    lanes.delete(origin.origin);
    lanes.set(origin.origin, lane);
    newest = lane;
    if (lanes.size > maxOrigins) dropOldestIdle();
    return lane;
  }

  function dropOldestIdle(): void {
    let looked = 0;
    for (const lane of lanes.values()) {
      // Busy lanes at the old end are rare; better one origin too many than a long walk on every send.
      if (++looked > 32) return;
      if (lane.idle.length < lane.all.size || lane.all.size === 0) continue;
      for (const connection of lane.all) drop(lane, connection);
      return;
    }
  }

  function drop(lane: Lane, connection: Connection): void {
    lane.all.delete(connection);
    const at = lane.idle.indexOf(connection);
    if (at !== -1) lane.idle.splice(at, 1);
    void connection.client.destroy();
    if (lane.all.size > 0) return;
    if (lanes.get(lane.origin.origin) === lane) lanes.delete(lane.origin.origin);
    if (newest === lane) newest = undefined;
  }

  function release(lane: Lane, connection: Connection): void {
    const next = nextWaiting(lane);
    // After undici has left its own callback.
    if (next !== undefined) return queueMicrotask(() => connection.run(next));
    lane.idle.push(connection);
    if (!connection.isUp) drop(lane, connection);
  }

  function open(lane: Lane): Connection {
    const connection = createConnection(lane.origin, connect, () => release(lane, connection));
    lane.all.add(connection);
    connection.client.on('connect', () => {
      connection.isUp = true;
    });
    connection.client.on('disconnect', () => {
      connection.isUp = false;
      // Not idle means that an exchange waits for it to connect again.
      if (lane.idle.includes(connection)) drop(lane, connection);
    });
    return connection;
  }

  return {
    enter(origin, exchange) {
      const lane = laneOf(origin);
      // The one used last is the least likely to have been closed by the other side.
      const connection =
        lane.idle.pop() ?? (lane.all.size < maxConnectionsPerOrigin ? open(lane) : undefined);
      if (connection === undefined) lane.waiting.push(exchange);
      else connection.run(exchange);
    },
    async close() {
      const open = [...lanes.values()];
      lanes.clear();
      newest = undefined;
      for (const exchange of open.flatMap((lane) => lane.waiting.splice(0))) exchange.dismiss();
      await Promise.all(open.flatMap((lane) => [...lane.all]).map(endConnection));
    },
  };
}

function nextWaiting(lane: Lane): Exchange | undefined {
  // Those whose deadline passed in the queue are already answered.
  while (lane.waiting.length > 0) {
    const next = lane.waiting.shift();
    if (next !== undefined && !next.isSettled) return next;
  }
  return undefined;
}

function createConnection(origin: Origin, connect: Connect, release: () => void): Connection {
  let connecting: AbortController | null = null;
  const client = new Client(origin.origin, {
    connect: (_, handOver) => {
      connection.address = null;
      const attempt = new AbortController();
      connecting = attempt;
      connect(origin, attempt.signal).then(
        ({ socket, address }) => {
          connecting = null;
          connection.address = address;
          handOver(null, socket);
        },
        (error: Error) => {
          connecting = null;
          handOver(error, null);
        },
      );
    },
    allowH2: false,
    pipelining: 1,
    // Ours is one deadline over everything.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 16_384,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMaxMs,
  });

  const connection: Connection & { address: string | null } = {
    client,
    isUp: false,
    address: null,
    run(exchange) {
      exchange.board(connection);
      const { method, headers, body } = exchange.request;
      client.dispatch({ path: exchange.path, method, headers, body: body ?? null }, exchange);
    },
    giveUpConnecting() {
      connecting?.abort();
    },
    release,
  };
  return connection;
}

async function endConnection(connection: Connection): Promise<void> {
  connection.giveUpConnecting();
  await connection.client.destroy();
}

// Without a hint of the server: below the 5 s after which common servers (node:http, uvicorn) hang up, since a request
// that meets the hang-up is lost and cannot be told from one that arrived.
const keepAliveMs = 4_000;
// With a hint (Keep-Alive: timeout=N), at most a minute.
const keepAliveMaxMs = 60_000;
