import { createHmac, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Pool } from 'undici';

/**
 * Signs and posts what it is handed, at most 16 in flight an endpoint: with shared slots alone, one endpoint
 * that hangs would take them all. Runs on the main thread or in a worker thread, unchanged.
 */
export type Endpoint = { id: number; url: string; secret: string };
export type Handed = { deliveryId: string; subscriptionId: number; attempts: number; body: string };
export type Outcome = { deliveryId: string; subscriptionId: number; attempts: number; status: number };
export type Sender = { add(endpoint: Endpoint): void; send(handed: Handed[]): void };

const MAX_IN_FLIGHT = 16;
// The contract's deadline of an attempt; undici's own, which costs no timer a request.
const DEADLINE_MS = 15_000;

type Lane = { pool: Pool; path: string; key: KeyObject; queue: Handed[]; next: number; inFlight: number };

export function createSender(finished: (outcome: Outcome) => void): Sender {
  const lanes = new Map<number, Lane>();
  const pools = new Map<string, Pool>();

  return {
    add: (endpoint) => {
      const { origin, pathname } = new URL(endpoint.url);
      const pool = pools.get(origin) ?? openPool(origin);
      pools.set(origin, pool);
      const key = createSecretKey(Buffer.from(endpoint.secret, 'base64'));
      lanes.set(endpoint.id, { pool, path: pathname, key, queue: [], next: 0, inFlight: 0 });
    },
    send: (handed) => {
      for (const one of handed) {
        const lane = lanes.get(one.subscriptionId);
        if (lane === undefined) continue;
        lane.queue.push(one);
        if (lane.inFlight < MAX_IN_FLIGHT) pump(lane);
      }
    },
  };

  function pump(lane: Lane): void {
    while (lane.inFlight < MAX_IN_FLIGHT) {
      const handed = lane.queue[lane.next];
      if (handed === undefined) return;
      lane.next += 1;
      if (lane.next > 1024) {
        lane.queue.splice(0, lane.next);
        lane.next = 0;
      }
      lane.inFlight += 1;
      post(lane, handed);
    }
  }

  function post(lane: Lane, handed: Handed): void {
    const seen = { status: 0 };
    const end = (status: number): void => {
      lane.inFlight -= 1;
      finished({
        deliveryId: handed.deliveryId,
        subscriptionId: handed.subscriptionId,
        attempts: handed.attempts + 1,
        status,
      });
      pump(lane);
    };
    lane.pool.dispatch(
      { path: lane.path, method: 'POST', headers: headersOf(lane, handed), body: handed.body },
      {
        onRequestStart: () => {},
        onResponseStart: (_controller, status) => {
          seen.status = status;
        },
        onResponseData: () => {},
        onResponseEnd: () => {
          end(seen.status);
        },
        onResponseError: () => {
          end(0);
        },
      },
    );
  }
}

function openPool(origin: string): Pool {
  return new Pool(origin, {
    connections: MAX_IN_FLIGHT,
    pipelining: 1,
    headersTimeout: DEADLINE_MS,
    bodyTimeout: DEADLINE_MS,
  });
}

function headersOf(lane: Lane, handed: Handed): string[] {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const content = `${handed.deliveryId}.${timestamp}.${handed.body}`;
  const signature = createHmac('sha256', lane.key).update(content).digest('base64');
  return [
    'content-type',
    'application/json',
    'user-agent',
    'Patchbay/1',
    'webhook-id',
    handed.deliveryId,
    'webhook-timestamp',
    timestamp,
    'webhook-signature',
    `v1,${signature}`,
  ];
}
