/** A vendor's stand-in behind msw, and one connection to it as a connector sees it: refs and notes kept as the hub keeps them. */
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { type ConnectorCtx, type Facts, type HubEvent, NoAnswer, type Ref } from '#kit';
import { sampleEvent } from '../../src/catalog/index.ts';

/** `lost after`: the vendor did it. `died`: our process did, before the call left. */
export type Fault = Response | 'lost after' | 'lost before' | 'died';
export class Died extends Error {}

export function archiveVendor(answer: (request: Request) => Promise<Response>) {
  const requests: Request[] = [];
  /** By the number of the call, from 0. */
  const faults = new Map<number, Fault>();
  const server = setupServer(
    http.all(/.*/, async ({ request }) => {
      const fault = faults.get(requests.length);
      requests.push(request.clone() as Request);
      if (fault instanceof Response) return fault.clone();
      if (fault === 'lost before') return Response.error();
      const given = await answer(request as Request);
      return fault === 'lost after' ? Response.error() : given;
    }),
  );
  const kept = { note: undefined as unknown, refs: new Map<string, Ref>(), facts: {} as Facts };
  const ctx: ConnectorCtx = {
    async fetch(url, init = {}) {
      if (faults.get(requests.length) === 'died') {
        faults.clear();
        throw new Died();
      }
      const { credential: _, resource: __, ...rest } = init;
      const headers = { ...init.headers, authorization: 'Bearer fake-token' };
      try {
        return await fetch(url, { ...rest, redirect: 'manual', headers });
      } catch {
        throw new NoAnswer('reset', true);
      }
    },
    connectionId: 'con_test',
    options: {},
    get facts() {
      return kept.facts;
    },
    scopes: new Set(),
    now: () => new Date('2026-11-22T12:00:00.000Z'),
    ref: (key) => Promise.resolve(kept.refs.get(key)),
    saved: () => Promise.resolve(kept.note),
    save: (note) => {
      kept.note = JSON.parse(JSON.stringify(note));
      return Promise.resolve();
    },
    link: (path) => `https://hub.example${path}`,
    inboundUrl: '',
    inboundSecret: '',
    learn: (facts) => {
      kept.facts = { ...kept.facts, ...facts };
      return Promise.resolve();
    },
  };
  return { server, requests, faults, kept, ctx };
}

export function accepted(over: Record<string, unknown> = {}, seed = 1): HubEvent {
  const data = { ...sampleEvent('deliverable.accepted', seed), ...over };
  return {
    id: 'evt_test',
    type: 'deliverable.accepted',
    timestamp: '2026-11-22T11:00:00.000Z',
    schema_version: 1,
    sequence: 1,
    city: 'houston',
    subject: `deliverables/${String(data['deliverable_id'])}`,
    account: 'acc_test',
    grant: 'grt_test',
    subscription: 'sub_test',
    data,
  };
}

export const tested = (sequence = 1): HubEvent => ({
  ...accepted(),
  type: 'integration.test',
  sequence,
  subject: 'subscriptions/sub_test',
  data: sampleEvent('integration.test'),
});

/** Enough of them for a document of some 20 KB, with names that are no ASCII. */
export const manyFiles = {
  sha256: '1'.repeat(64),
  files: Array.from({ length: 80 }, (_, index) => ({
    name: `Bildschärfe ${index} 📷.jpg`,
    sha256: index.toString(16).padStart(64, '0'),
    size_bytes: index,
    content_rating: 'general',
    url: `https://files.example.com/${index}`,
  })),
};
