/**
 * The thinnest honest pipeline: accept, durable at `FULL`, match, sign, send, record; no authentication, no caps,
 * no validation, no guard, no projection. What the hub is measured against. Same surface as the hub as far as a
 * measurement needs it. `node bench/thin.ts <directory> [--worker-thread]`: prints its port and stays.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createPipeline } from './thin/pipeline.ts';
import type { Published } from './thin/pipeline.ts';
import { createSender } from './thin/sender.ts';
import { openThinStore } from './thin/store.ts';
import { createThreadSender } from './thin/thread-sender.ts';
import { serve } from './surface.ts';

const [directory, ...flags] = process.argv.slice(2);
const store = openThinStore(join(directory ?? '.', 'thin.db'));
const pipeline = createPipeline(store, flags.includes('--worker-thread') ? createThreadSender : createSender);

serve({
  publish: (text, answer) => {
    pipeline.publish(readEvents(text), (ids) => {
      answer({ results: ids.map((id) => ({ id, status: 'accepted' })) });
    });
  },
  subscribe: (url, account) => {
    const secret = randomBytes(32).toString('base64');
    return { id: String(pipeline.subscribe(account, { url, secret })), secret: `whsec_${secret}` };
  },
  pause: (id) => {
    pipeline.pause(Number(id));
  },
  resume: (id) => {
    pipeline.resume(Number(id));
  },
});

function readEvents(text: string): Published[] {
  // Only the load generator of the same run calls: this pipeline is the one that trusts.
  const parsed = JSON.parse(text) as Parsed & { events?: Parsed[] };
  return (parsed.events ?? [parsed]).map((event) => ({
    type: event.type,
    subject: event.subject,
    audience: event.audience,
    // Serialised once an event, not once a delivery.
    body: JSON.stringify({
      type: event.type,
      timestamp: event.occurred_at,
      subject: event.subject,
      data: event.data,
    }),
  }));
}

type Parsed = { type: string; subject: string; occurred_at: string; audience: string[]; data: unknown };
