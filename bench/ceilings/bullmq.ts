/**
 * What a BullMQ job costs, added by one and taken by the same process: why a job here is never one delivery.
 * `node bench/ceilings/bullmq.ts <redis url> <seconds>`: one line of JSON; `micros` is this process's CPU a job.
 */
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const [url = '', seconds] = process.argv.slice(2);
const atOnce = 64;
const connect = (): Redis => new Redis(url, { maxRetriesPerRequest: null });
const [adding, taking] = [connect(), connect()];
const options = { prefix: '{ceiling}' };
const queue = new Queue('jobs', { connection: adding, ...options });
const state = { done: 0, taken: (): void => undefined };
const worker = new Worker(
  'jobs',
  async () => {
    state.done += 1;
    state.taken();
  },
  { connection: taking, concurrency: 16, ...options },
);
await worker.waitUntilReady();

const startedAt = performance.now();
const endsAt = startedAt + Number(seconds) * 1000;
const cpu = process.cpuUsage();
for (let added = 0; performance.now() < endsAt;) {
  const jobs = Array.from({ length: atOnce }, () => ({
    name: 'wake',
    data: { lanes: ['sub_00000000000000000000000000'] },
    opts: { removeOnComplete: true },
  }));
  await queue.addBulk(jobs);
  added += atOnce;
  await new Promise<void>((resolve) => {
    state.taken = () => {
      if (state.done === added) resolve();
    };
    state.taken();
  });
}
const tookSeconds = (performance.now() - startedAt) / 1000;
const used = process.cpuUsage(cpu);
const micros = (used.user + used.system) / state.done;
process.stdout.write(`${JSON.stringify({ perSecond: state.done / tookSeconds, micros })}\n`);
await worker.close();
await queue.close();
adding.disconnect();
taking.disconnect();
