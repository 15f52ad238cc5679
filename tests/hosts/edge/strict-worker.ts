/**
 * The worker under the platform's limits that the simulator does not enforce. What goes past one is noted and fails as
 * it would there; a test reads what was noted, and makes the platform fail, by `POST /strict`.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  D1Database,
  D1PreparedStatement,
  ExecutionContext,
  MessageBatch,
  Queue,
  ScheduledController,
} from '@cloudflare/workers-types';
import type { Wake } from '../../../src/adapters/queue-cloudflare.ts';
import type { Bindings } from '../../../src/worker-hub.ts';
import staffPages from '../../../src/worker-console.ts';
import pages from '../../../src/worker-pages.ts';
import worker from '../../../src/worker.ts';

export * from '../../../src/worker.ts';

export type Strict = {
  violations: string[];
  lines: string[];
  /** Batches of the queue that came in, by queue. */
  batches: Record<string, number>;
  /** Delays in seconds of all that was sent. */
  delays: number[];
  failingSends: number;
  failingConsumers: number;
  sizeAfter: number | null;
  mostAwaiting: number;
  mostQueries: number;
};
const strict: Strict = {
  violations: [],
  lines: [],
  batches: {},
  delays: [],
  failingSends: 0,
  failingConsumers: 0,
  sizeAfter: null,
  mostAwaiting: 0,
  mostQueries: 0,
};

type Invocation = { queries: number; awaiting: number };
const invocations = new AsyncLocalStorage<Invocation>();
const inside = <T>(run: () => T): T => invocations.run({ queries: 0, awaiting: 0 }, run);

function refuse(what: string): never {
  strict.violations.push(what);
  throw new Error(`the platform refuses: ${what}`);
}

const bytesOf = (value: unknown): number =>
  typeof value === 'string' ? new TextEncoder().encode(value).length : 8;

function countQueries(count: number): void {
  const invocation = invocations.getStore();
  if (!invocation) return;
  invocation.queries += count;
  strict.mostQueries = Math.max(strict.mostQueries, invocation.queries);
  if (invocation.queries > 1_000) refuse(`${invocation.queries} queries in one invocation`);
}

function strictStatement(statement: D1PreparedStatement): D1PreparedStatement {
  const { bind, all, run, raw, first } = statement;
  const counted =
    (execute: (...given: never[]) => unknown) =>
    (...given: never[]): unknown => {
      countQueries(1);
      return execute.apply(statement, given);
    };
  return Object.assign(statement, {
    bind: (...values: unknown[]) => {
      if (values.length > 100) refuse(`${values.length} parameters in a statement`);
      const largest = Math.max(0, ...values.map(bytesOf));
      if (largest > 1_000_000) refuse(`a bound value of ${largest} bytes`);
      return strictStatement(bind.apply(statement, values));
    },
    all: counted(all),
    run: counted(run),
    raw: counted(raw as (...given: never[]) => unknown),
    first: counted(first as (...given: never[]) => unknown),
  });
}

function strictDatabase(d1: D1Database): D1Database {
  const sized = <T extends { meta: { size_after?: number } }>(answers: T[]): T[] => {
    for (const { meta } of answers) if (strict.sizeAfter !== null) meta.size_after = strict.sizeAfter;
    return answers;
  };
  const prepare = (sql: string): D1PreparedStatement => {
    if (bytesOf(sql) > 100_000) refuse('a statement of more than 100 KB');
    return strictStatement(d1.prepare(sql));
  };
  const batch = async (statements: D1PreparedStatement[]) => {
    countQueries(statements.length);
    const startedAt = Date.now();
    const answers = await d1.batch(statements);
    if (Date.now() - startedAt > 30_000) refuse('a batch of more than 30 s');
    return sized(answers);
  };
  return { prepare, batch } as unknown as D1Database;
}

function strictQueue(queue: Queue<Wake>): Queue<Wake> {
  const sendBatch: Queue<Wake>['sendBatch'] = async (messages) => {
    const all = [...messages];
    const sizes = all.map(({ body }) => bytesOf(JSON.stringify(body)));
    if (all.length > 100) refuse(`${all.length} messages in a batch`);
    if (Math.max(0, ...sizes) > 128_000) refuse('a message of more than 128 KB');
    if (sizes.reduce((sum, size) => sum + size, 0) > 256_000) refuse('a batch of more than 256 KB');
    for (const { delaySeconds = 0 } of all) {
      if (delaySeconds > 43_200 || !Number.isInteger(delaySeconds)) refuse(`a delay of ${delaySeconds} s`);
      strict.delays.push(delaySeconds);
    }
    if (strict.failingSends > 0) {
      strict.failingSends--;
      throw new Error('Queue sendBatch failed: Internal Server Error');
    }
    return queue.sendBatch(all);
  };
  return { sendBatch } as Queue<Wake>;
}

/** A Worker of pages, in this one, so that its limits are watched, too. */
const strictPages = (bindings: Bindings, worker: typeof pages) =>
  ({
    fetch: (request: Request) =>
      inside(() => worker.fetch(request, strictBindings(bindings), { waitUntil: () => {} } as never)),
  }) as unknown as Bindings['PAGES'];

const wrapped = new WeakMap<Bindings, Bindings>();
function strictBindings(bindings: Bindings): Bindings {
  const known = wrapped.get(bindings) ?? {
    ...bindings,
    DB: strictDatabase(bindings.DB),
    WAKE: strictQueue(bindings.WAKE),
    SLOW: strictQueue(bindings.SLOW),
    PAGES: strictPages(bindings, pages),
    CONSOLE: strictPages(bindings, staffPages),
  };
  wrapped.set(bindings, known);
  return known;
}

const platformFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const invocation = invocations.getStore();
  if (init?.redirect !== 'manual') refuse('a fetch that follows redirects');
  if (!invocation) return platformFetch(input, init);
  invocation.awaiting++;
  strict.mostAwaiting = Math.max(strict.mostAwaiting, invocation.awaiting);
  try {
    // The seventh would wait in line at the platform; here it is a fault.
    if (invocation.awaiting > 6) refuse(`${invocation.awaiting} fetches that await their headers`);
    return await platformFetch(input, init);
  } finally {
    invocation.awaiting--;
  }
};
console.log = (line: unknown) => void strict.lines.push(String(line));

export default {
  async fetch(request: Request, bindings: Bindings, context: ExecutionContext): Promise<Response> {
    if (new URL(request.url).pathname !== '/strict')
      return inside(() => worker.fetch(request, strictBindings(bindings), context));
    const changes = (await request.json()) as Partial<Strict>;
    Object.assign(strict, changes);
    return Response.json(strict);
  },
  async queue(batch: MessageBatch<Wake>, bindings: Bindings): Promise<void> {
    strict.batches[batch.queue] = (strict.batches[batch.queue] ?? 0) + 1;
    if (strict.failingConsumers > 0 && !batch.queue.endsWith('-dead')) {
      strict.failingConsumers--;
      throw new Error('the consumer was made to fail');
    }
    await inside(() => worker.queue(batch, strictBindings(bindings)));
  },
  async scheduled(controller: ScheduledController, bindings: Bindings): Promise<void> {
    await inside(() => worker.scheduled(controller, strictBindings(bindings)));
  },
};
