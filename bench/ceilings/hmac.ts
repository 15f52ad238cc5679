/** A signature with the key object kept: `node bench/ceilings/hmac.ts <seconds> <bytes>`, one line of JSON. */
import { createHmac, createSecretKey, randomBytes } from 'node:crypto';

const key = createSecretKey(randomBytes(32));
const content = `dlv_0.1795273445.${'x'.repeat(Number(process.argv[3]))}`;
const startedAt = performance.now();
const endsAt = startedAt + Number(process.argv[2]) * 1000;
const cpu = process.cpuUsage();
const signed = { count: 0 };
while (performance.now() < endsAt) {
  for (let one = 0; one < 1000; one += 1) createHmac('sha256', key).update(content).digest('base64');
  signed.count += 1000;
}
const used = process.cpuUsage(cpu);
const perSecond = signed.count / ((performance.now() - startedAt) / 1000);
process.stdout.write(`${JSON.stringify({ perSecond, micros: (used.user + used.system) / signed.count })}\n`);
