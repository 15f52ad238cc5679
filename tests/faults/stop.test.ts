import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startSink, until } from '../harness/sink.ts';
import { buildStart, startChild } from './hub-child.ts';
import { createLoad } from './load.ts';
import { prepareFolder } from './people.ts';

/** What a supervisor sends before it updates: unlike a kill, it costs no duplicate. */
describe('SIGTERM in the middle of load', () => {
  const undo: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });

  test('what is under way ends, the rest goes back, and the process ends with 0: nothing lost, nothing twice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-stop-'));
    undo.push(() => rmSync(folder, { recursive: true, force: true }));
    const environment = { PATCHBAY_DATA: folder, PATCHBAY_HOST_MAX_PER_SECOND: '5000' };
    const sink = await startSink();
    undo.push(() => sink.close());
    // After the first few none is answered before the hub has heard the signal: some are under way then, the rest waits.
    const held: (() => void)[] = [];
    sink.answer((_, response) => {
      if (sink.received.length > 20) held.push(() => response.end('ok'));
      else response.end('ok');
    });
    const { publisher, account } = await prepareFolder(folder);
    const load = createLoad(publisher, account.id, 3, 20);

    const entry = await buildStart();
    const first = await startChild(entry, environment);
    undo.push(() => first.child.kill('SIGKILL'));
    const made = await fetch(`${first.origin}/v1/subscriptions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${account.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ endpoint: { type: 'webhook', url: sink.origin }, event_types: ['booking.*'] }),
    });
    expect(made.status).toBe(201);
    const publishing = load.run(first.origin);
    await until('some are under way, and others wait', () => {
      const waiting = load.accepted.size - sink.received.length;
      return held.length > 10 && waiting > 10;
    });
    const ended = first.kill('SIGTERM');
    await until('it takes nothing more', async () => {
      const isReady = await fetch(`${first.origin}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      );
      return !isReady;
    });
    await publishing.stop();
    sink.answer((_, response) => void response.end('ok'));
    for (const answer of held.splice(0)) answer();
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(load.accepted.size).toBeGreaterThan(sink.received.length);

    const second = await startChild(entry, environment);
    undo.push(() => second.kill('SIGTERM'));
    await load.makeGood(second.origin);
    const eventOf = (text: string) => (JSON.parse(text) as { id: string }).id;
    await until('every accepted event has arrived', () => {
      const here = new Set(sink.received.map((one) => eventOf(one.body)));
      return [...load.accepted].every((id) => here.has(id));
    });
    expect(sink.received.length).toBe(load.accepted.size);
    expect(load.surprises.filter((surprise) => surprise !== 'status 503')).toEqual([]);
  });
});
