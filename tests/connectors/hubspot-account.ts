/** One HubSpot account behind msw, and what the hub does with a connection to it, as far as a connector sees of it. */
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { type ConnectorCtx, type HubEvent, NoAnswer, type Op, type Outcome, type Ref } from '#kit';
import { sampleEvent } from '../../src/catalog/index.ts';
import { connector } from '../../connectors/hubspot/index.ts';
import type { Kind } from '../../connectors/hubspot/plan.ts';
import { options, type Options } from '../../connectors/hubspot/options.ts';
import { type HubSpot, hubSpot } from '../../connectors/hubspot/stand-in.ts';

const tier = connector.manifest.tiers[0]!;
export const asked: readonly string[] = tier.scopes;
export const allScopes: readonly string[] = [...asked, ...(tier.optionalScopes ?? [])];

export const chosen: Options = options.parse({
  pipeline: 'default',
  stage_open: 'appointmentscheduled',
  stage_quoted: 'contractsent',
  stage_awarded: 'closedwon',
  stage_closed: 'closedlost',
});

type Fault = Response | 'lost after' | 'lost before';
export type Call = { method: string; path: string; body: any };

export function hubSpotAccount(scopes: readonly string[] = allScopes) {
  const vendor: HubSpot = hubSpot(new Set(scopes));
  const calls: Call[] = [];
  const faults: (Fault | null)[] = [];
  const server = setupServer(
    http.all('https://api.hubapi.com/*', async ({ request }) => {
      const { pathname } = new URL(request.url);
      const text = await request.clone().text();
      calls.push({ method: request.method, path: pathname, body: text ? JSON.parse(text) : null });
      const fault = faults.shift();
      if (fault instanceof Response) return fault;
      if (fault === 'lost before') return Response.error();
      const answer = await vendor.answer(request);
      return fault === 'lost after' ? Response.error() : answer;
    }),
    // Nothing else is there to be reached.
    http.all('*', () => Response.error()),
  );
  const refs = new Map<string, { ref?: Ref; seq: number }>();

  const ctx = (over: Partial<ConnectorCtx<Options>> = {}): ConnectorCtx<Options> => ({
    async fetch(url, init = {}) {
      const { credential: _, resource: __, ...rest } = init;
      try {
        return await fetch(url, {
          ...rest,
          redirect: 'manual',
          headers: { ...init.headers, authorization: 'Bearer fake-token' },
        });
      } catch {
        throw new NoAnswer('connection_lost', true);
      }
    },
    connectionId: 'con_test',
    options: chosen,
    facts: { portal_id: '62515' },
    scopes: new Set(scopes),
    now: () => new Date('2026-11-21T15:00:00Z'),
    ref: (key) => Promise.resolve(refs.get(key)?.ref),
    saved: () => Promise.resolve(null),
    save: () => Promise.resolve(),
    link: (path) => `https://hub.example${path}`,
    inboundUrl: 'https://hub.example/v1/inbound/hubspot',
    inboundSecret: 'fake-client-secret',
    learn: () => Promise.resolve(),
    ...over,
  });

  /** As the hub does it: nothing late, ask after silence, at most a few tries. */
  async function apply(op: Op<Kind>): Promise<Outcome | 'late'> {
    if (op.seq <= (refs.get(op.key)?.seq ?? 0)) return 'late';
    let outcome = await quietly(() => connector.deliver(op, ctx()));
    for (let tries = 0; !outcome.ok && outcome.kind === 'unknown' && tries < 3; tries += 1) {
      const found = await connector.reconcile!(op, ctx());
      outcome = found === 'absent' ? await quietly(() => connector.deliver(op, ctx())) : found;
    }
    if (outcome.ok) refs.set(op.key, { seq: op.seq, ...(outcome.ref ? { ref: outcome.ref } : {}) });
    return outcome;
  }

  async function deliver(event: HubEvent, given = chosen): Promise<(Outcome | 'late')[]> {
    const outcomes: (Outcome | 'late')[] = [];
    for (const op of connector.plan(event, given, {})) {
      const outcome = await apply(op);
      outcomes.push(outcome);
      if (outcome !== 'late' && !outcome.ok) break;
    }
    return outcomes;
  }

  return {
    server,
    vendor,
    calls,
    refs,
    ctx,
    apply,
    deliver,
    /** The call after this many others meets it. */
    fault: (fault: Fault, after = 0) => void faults.push(...Array.from({ length: after }, () => null), fault),
    keyOf: (id: string, begins: string) =>
      [...refs].find(([key, { ref }]) => key.startsWith(begins) && ref?.id === id)?.[0] ?? null,
    deals: () =>
      vendor.objects().filter((one): one is { deal: any; contacts: string[] } => 'deal' in (one as object)),
    contacts: () => vendor.objects().filter((one): one is { contact: any } => 'contact' in (one as object)),
  };
}

async function quietly(act: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { ok: false, kind: 'unknown', code: error.code };
  }
}

const ava = { name: 'Ava Thompson', email: 'Ava.Thompson@example.com', phone: '+17135550117' };
const asker = { account_id: 'acc_01ava', kind: 'brand' };
export const agreed = { ...asker, ...ava, marketing_consent: true };
export const notAgreed = { ...asker, ...ava, marketing_consent: false };

/** The catalogue's sample of one RFP, as an event of its subject. */
export function rfpEvent(type: string, sequence: number, over: Record<string, unknown> = {}): HubEvent {
  const data = { ...sampleEvent(type, 2, 7), rfp_id: 'rfp_01one', buyer: agreed, ...over };
  return {
    id: `evt_${sequence}`,
    type,
    timestamp: '2026-11-21T15:00:00.000Z',
    schema_version: 2,
    sequence,
    city: 'houston',
    subject: `rfps/${String(data['rfp_id'])}`,
    account: 'acc_01ava',
    grant: 'grt_1',
    subscription: 'sub_1',
    data,
  };
}
