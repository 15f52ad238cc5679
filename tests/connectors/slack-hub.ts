/** What the hub lends a connector, over a Slack that stands in by msw: real `fetch`, real requests. */
import { http } from 'msw';
import { setupServer } from 'msw/node';
import {
  type ConnectorCtx,
  type FetchInit,
  type HubEvent,
  NoAnswer,
  type Op,
  type Outcome,
  type Ref,
} from '#kit';
import { connector } from '#connectors/slack';
import { eventTypes, project, sampleEvent, scopeNames } from '#src/catalog';
import type { Kind, Options } from '../../connectors/slack/manifest.ts';
import { createSlack, type SlackStandIn, webhook, workspace } from '../../connectors/slack/stand-in.ts';

export type Sent = { method: string; url: string; headers: Headers; body: string };

export const startedAt = new Date('2026-11-22T12:00:00.000Z');
export const fakeToken = 'xoxb-not-a-real-token';

export function slackHub(scopes: readonly string[], over: Partial<ConnectorCtx<Options>> = {}) {
  const sent: Sent[] = [];
  const held: { slack: SlackStandIn; next: (() => Response)[] } = {
    slack: createSlack(new Set(scopes)),
    next: [],
  };
  const answer = async ({ request }: { request: Request }) => {
    const { method, url, headers } = request;
    sent.push({ method, url, headers, body: await request.clone().text() });
    const next = held.next.shift();
    return next ? next() : held.slack.answer(request);
  };
  const server = setupServer(
    http.all('https://slack.com/api/*', answer),
    http.all('https://hooks.slack.com/*', answer),
  );
  const refs = new Map<string, Ref>();
  const notes = new Map<string, unknown>();
  const ctxOf = (key: string): ConnectorCtx<Options> => ({
    fetch: send,
    connectionId: 'con_01fake',
    options: connector.manifest.options.parse({}),
    facts: { team: { id: workspace.id, name: workspace.name }, workspaceUrl: workspace.url },
    scopes: new Set(scopes),
    now: () => new Date(startedAt),
    ref: (of) => Promise.resolve(refs.get(of)),
    saved: () => Promise.resolve(notes.get(key)),
    save: (note) => {
      notes.set(key, structuredClone(note));
      return Promise.resolve();
    },
    link: (path) => `https://hub.example${path}`,
    inboundUrl: 'https://hub.example/v1/inbound/slack',
    inboundSecret: 'fake',
    learn: () => Promise.resolve(),
    ...over,
  });
  return {
    server,
    sent,
    refs,
    slack: () => held.slack,
    ctx: ctxOf,
    /** The next calls are answered so. */
    next: (...made: (() => Response)[]) => {
      held.next = made;
    },
    messages: () => held.slack.objects() as { channel: string; text: string; blocks: any[] }[],
    plan: (event: HubEvent): Op<Kind>[] => connector.plan(event, ctxOf('').options, ctxOf('').facts),
    async deliver(op: Op<Kind>): Promise<Outcome> {
      try {
        const outcome = await connector.deliver(op, ctxOf(op.key));
        if (outcome.ok && outcome.ref) refs.set(op.key, outcome.ref);
        return outcome;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        return { ok: false, kind: 'unknown', code: error.code };
      }
    },
  };

  async function send(url: string, init: FetchInit = {}): Promise<Response> {
    const { credential, resource: _resource, ...request } = init;
    const address = url === 'secret:webhook' ? webhook.url : url;
    const authorization = credential === 'none' ? undefined : { authorization: `Bearer ${fakeToken}` };
    try {
      return await fetch(address, { ...request, headers: { ...init.headers, ...authorization } });
    } catch {
      throw new NoAnswer('connection_reset', true);
    }
  }
}

type Wanted = Partial<Omit<HubEvent, 'data'>> & { data?: object; scopes?: readonly string[] };

/** As an endpoint of a grant with these scopes would get it; of a booking, that of its provider. */
export function eventOf(type: string, { data = {}, scopes = scopeNames, ...over }: Wanted = {}): HubEvent {
  const { entity, latest } = eventTypes.get(type)!;
  const whole: Record<string, unknown> = { ...sampleEvent(type), ...data };
  const version = over.schema_version ?? latest;
  const shown = project({ type, version: latest, data: whole }, { scopes: new Set(scopes), version });
  if (!shown) throw new Error(`${type} is not visible`);
  return {
    id: 'evt_01fake',
    type,
    timestamp: '2026-11-21T15:04:05.000Z',
    schema_version: version,
    sequence: 1,
    city: 'houston',
    subject: entity ? `${entity.kind}s/${String(whole[entity.idField])}` : '',
    account: String((whole['provider'] as { account_id?: string } | undefined)?.account_id ?? 'acc_01fake'),
    grant: 'grt_01fake',
    subscription: 'sub_01fake',
    ...over,
    data: shown,
  };
}
