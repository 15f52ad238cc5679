import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestEdge, type TestEdge } from '../harness/edge.ts';
import { eventFor } from '../harness/hub.ts';
import { type Sink, startSink, until } from '../harness/sink.ts';

describe('hooks at the edge', { timeout: 120_000 }, () => {
  const state = {} as { edge: TestEdge; sink: Sink; publisher: string };
  beforeAll(async () => {
    state.edge = await startTestEdge();
    state.sink = await startSink();
    state.publisher = await state.edge.token(['events:publish']);
  });
  afterAll(async () => {
    await state.edge?.stop();
    await state.sink?.close();
  });
  afterEach(() => state.edge.requireWithinLimits());

  const publish = async (account: string): Promise<string> =>
    (await state.edge.call('POST', '/v1/events', state.publisher, eventFor([account]))).body.id;

  test('one that waits is inert, approved it is pushed to, sampled, and ended by a 410', async () => {
    const { edge, sink } = state;
    await edge.operate('approval require', [], { types: 'booking.confirmed', note: 'looked at first' });
    const account = await edge.account();
    const hook = { targetUrl: `${sink.origin}/${account.id}`, event: 'booking.confirmed' };
    const made = await edge.call('POST', '/v1/hooks', account.token, hook);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const { id } = made.body;
    const meanwhile = await publish(account.id);
    const trace = await edge.call('GET', `/v1/events/${meanwhile}/trace`, account.token);
    expect(trace.body.subscriptions[0]).toMatchObject({ code: 'pending_approval', delivery: null });

    await edge.operate('approval approve', [id], { seen: '1', note: 'fine' });
    const after = await publish(account.id);
    const arrived = () => sink.received.map(({ body }) => JSON.parse(body).id as string);
    await until('what came after it arrives', () => arrived().includes(after));
    expect(arrived()).not.toContain(meanwhile);
    const samples = await edge.call('GET', '/v1/hooks/samples?event=booking.*', account.token);
    expect(samples.body.map((sample: any) => sample.id)).toEqual([after, meanwhile]);

    sink.answer((_, response) => {
      response.statusCode = 410;
      response.end();
    });
    await publish(account.id);
    await until('it has ended', async () => {
      const shown = await edge.call('GET', `/v1/subscriptions/${id}`, account.token);
      return shown.status === 404;
    });
    expect((await edge.call('DELETE', `/v1/hooks/${id}`, account.token)).status).toBe(204);
  });
});
