/**
 * The ceiling of every delivery figure: undici against the sink, 64 in flight, no signature.
 * `node bench/ceilings/undici.ts <request|dispatch> <url> <seconds> <bytes>`: one line of JSON.
 */
import { Pool } from 'undici';

const [how, address, seconds, bytes] = process.argv.slice(2);
const target = new URL(address ?? '');
const IN_FLIGHT = 64;
const pool = new Pool(target.origin, { connections: IN_FLIGHT, pipelining: 1 });
const body = JSON.stringify({
  type: 'booking.confirmed',
  subject: 'bookings/bkg_0',
  data: 'x'.repeat(Number(bytes) - 70),
});
const headers = { 'content-type': 'application/json', 'webhook-id': 'dlv_0' };

const post = how === 'dispatch' ? dispatchOnce : requestOnce;

// Half the time uncounted first: code that has not been compiled yet costs three times as much.
await postFor(Number(seconds) / 2);
process.stdout.write(`${JSON.stringify(await postFor(Number(seconds)))}\n`);
await pool.destroy();

async function postFor(lasting: number): Promise<{ perSecond: number; micros: number }> {
  const startedAt = performance.now();
  const endsAt = startedAt + lasting * 1000;
  const cpu = process.cpuUsage();
  const sent = { count: 0 };
  await Promise.all(Array.from({ length: IN_FLIGHT }, () => keepPosting(endsAt, sent)));
  const used = process.cpuUsage(cpu);
  const tookSeconds = (performance.now() - startedAt) / 1000;
  return { perSecond: sent.count / tookSeconds, micros: (used.user + used.system) / sent.count };
}

async function keepPosting(endsAt: number, sent: { count: number }): Promise<void> {
  while (performance.now() < endsAt) {
    await post();
    sent.count += 1;
  }
}

async function requestOnce(): Promise<void> {
  const answer = await pool.request({ path: target.pathname, method: 'POST', headers, body });
  await answer.body.dump();
}

function dispatchOnce(): Promise<void> {
  return new Promise((resolve, reject) => {
    pool.dispatch(
      { path: target.pathname, method: 'POST', headers, body },
      {
        onRequestStart: () => {},
        onResponseStart: () => {},
        onResponseData: () => {},
        onResponseEnd: () => {
          resolve();
        },
        onResponseError: (_controller, error) => {
          reject(error);
        },
      },
    );
  });
}
