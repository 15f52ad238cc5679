/**
 * What the real hub promises a connector, in a few lines: it makes the connection, drops what is late, keeps refs and
 * notes, and after silence asks before it sends again.
 */
import {
  type Connector,
  type ConnectorCtx,
  type Facts,
  type HubEvent,
  NoAnswer,
  type Op,
  type Outcome,
  type Ref,
} from '#kit';
import { startedAt } from './events.ts';
import { hold, holdJson, Unmet } from './hold.ts';
import { createLine, type Line } from './line.ts';
import { outcomeOf } from './outcome.ts';
import { publicAnswer, secretUrlsOf } from './secrets.ts';
import type { Conformance, Connection } from './types.ts';

/** A connector and what its folder brings. */
export type Brought = { connector: Connector; conformance: Conformance };

export type Settled = 'done' | 'late' | 'unknown' | 'dead';

export type Hub = {
  line: Line;
  connector: Connector;
  connection: Connection;
  /** What `connected` and `setUp` told. */
  facts: Facts;
  ctx(op?: Op): ConnectorCtx;
  plan(event: HubEvent): Op[];
  /** Calls a function of the connector; nothing may be fetched after it has answered. */
  call<T>(act: (ctx: ConnectorCtx) => Promise<T>, op?: Op): Promise<T>;
  /** One try; silence is `unknown`. */
  attempt(op: Op): Promise<Outcome>;
  /** Until it is settled. `isUnsure`: an earlier try may have arrived. */
  carry(op: Op, isUnsure?: boolean): Promise<Settled>;
  /** All that the connector has told the hub, where no secret may be. */
  told: unknown[];
  refs: Map<string, { ref: Ref; seq: number; isGone: boolean }>;
  /** Options of `manifest.approvals` that staff have approved: all. */
  approved: ReadonlySet<string>;
};

const mostTries = 8;
export const inboundSecret = 'canary-of-the-channel';

export function scopesOf({ manifest }: Connector, { tier }: Connection): Set<string> {
  const found = manifest.tiers.find(({ id }) => id === tier);
  return new Set([...(found?.scopes ?? []), ...(found?.optionalScopes ?? [])]);
}

/** A connection as the user would have it a moment after they made it. */
export async function connect(
  brought: Brought,
  connection: Connection,
  scopes: ReadonlySet<string> = scopesOf(brought.connector, connection),
): Promise<Hub> {
  const hub = open(brought, connection, scopes);
  await setUp(hub);
  return hub;
}

export async function setUp(hub: Hub): Promise<void> {
  const { connector } = hub;
  if (!connector.setUp) return;
  const made = await hub.call((ctx) => connector.setUp?.(ctx) ?? Promise.reject(new Unmet('no setUp')));
  hold(made.ok, `setUp fails: ${JSON.stringify(made)}`);
  hub.told.push(made.facts);
  hub.facts = { ...hub.facts, ...made.facts };
}

/** Before `setUp`. */
export function open(
  { connector, conformance }: Brought,
  connection: Connection,
  scopes: ReadonlySet<string>,
): Hub {
  const { manifest } = connector;
  const line = createLine(
    conformance.standIn(scopes),
    manifest.hosts,
    secretUrlsOf(manifest.auth, connection),
  );
  const notes = new Map<string, unknown>();
  const seqs = new Map<string, number>();
  const state = { isOpen: 0, calls: 0 };
  const connected =
    manifest.auth.type === 'oauth2' && connector.connected
      ? connector.connected(publicAnswer(manifest.auth, connection.tokenAnswer ?? {}))
      : null;
  const hub: Hub = {
    line,
    connector,
    connection,
    facts: connected?.facts ?? {},
    told: [connected],
    refs: new Map(),
    approved: new Set(Object.keys(manifest.approvals ?? {})),
    plan: (event) => {
      const ops = connector.plan(event, connection.options, hub.facts);
      hub.told.push(ops);
      return ops;
    },
    ctx: (op) => {
      const note = op?.key ?? '';
      return {
        fetch: (url, init) => {
          if (state.isOpen === 0) line.breaches.push(`fetches ${url} after it has answered`);
          return line.fetch(url, init, state.calls++);
        },
        connectionId: 'con_conformance',
        options: hub.connection.options,
        facts: hub.facts,
        scopes,
        approved: hub.approved,
        now: () => new Date(startedAt),
        ref: (key) => Promise.resolve(hub.refs.get(key)?.ref),
        saved: () => Promise.resolve(notes.get(note)),
        save: (value) => {
          holdJson(value, 'a saved note');
          hub.told.push(value);
          notes.set(note, JSON.parse(JSON.stringify(value)));
          return Promise.resolve();
        },
        learn: (facts) => {
          holdJson(facts, 'facts that it learns');
          hub.told.push(facts);
          hub.facts = { ...hub.facts, ...facts };
          return Promise.resolve();
        },
        link: (path) => `https://hub.example${path}`,
        inboundUrl: `https://hub.example/v1/inbound/${manifest.id}`,
        inboundSecret,
      };
    },
    async call(act, op) {
      state.isOpen += 1;
      state.calls = 0;
      try {
        return await act(hub.ctx(op));
      } finally {
        state.isOpen -= 1;
      }
    },
    attempt: async (op) => {
      const stored = JSON.parse(JSON.stringify(op)) as Op;
      const answer = await settle(() => hub.call((ctx) => connector.deliver(stored, ctx), stored), 'deliver');
      hub.told.push(answer);
      return answer;
    },
    async carry(op, isUnsure = false) {
      if (op.seq <= (seqs.get(op.key) ?? 0)) return 'late';
      for (let tries = 0; tries < mostTries; tries += 1) {
        const answer = isUnsure && connector.reconcile ? await reconcile(hub, op) : await hub.attempt(op);
        if (answer === 'absent') {
          isUnsure = false;
          continue;
        }
        if (answer.ok) {
          keep(op, answer);
          return 'done';
        }
        // From `reconcile`: nobody will find out, and the user is told so.
        if (answer.kind === 'permanent') return isUnsure && connector.reconcile ? 'unknown' : 'dead';
        if (answer.kind === 'auth' && answer.next === 'reconnect') return 'dead';
        if (answer.kind === 'unknown') {
          if (isUnsure && connector.reconcile) return 'unknown';
          isUnsure = true;
        }
      }
      throw new Unmet(`${op.kind} ${op.key} is not settled after ${mostTries} tries`);
    },
  };
  return hub;

  function keep(op: Op, { applied, ref }: Extract<Outcome, { ok: true }>): void {
    seqs.set(op.key, op.seq);
    notes.delete(op.key);
    const stands = ref ?? hub.refs.get(op.key)?.ref;
    if (stands) hub.refs.set(op.key, { ref: stands, seq: op.seq, isGone: applied === 'deleted' });
  }
}

/** A connector may let `NoAnswer` pass, and nothing else. */
export async function settle(act: () => Promise<Outcome>, what: string): Promise<Outcome> {
  try {
    return outcomeOf(await act(), what);
  } catch (error) {
    if (error instanceof Unmet) throw error;
    if (!(error instanceof NoAnswer)) throw new Unmet(`${what} throws ${String(error)}`);
    return error.sent
      ? { ok: false, kind: 'unknown', code: error.code }
      : { ok: false, kind: 'transient', code: error.code, slow: 'call' };
  }
}

export async function reconcile(hub: Hub, op: Op): Promise<Outcome | 'absent'> {
  const before = hub.line.calls.length;
  const told = { absent: false };
  const answer = await settle(async () => {
    const said = await hub.call(
      (ctx) => hub.connector.reconcile?.(op, ctx) ?? Promise.reject(new Unmet('there is no reconcile')),
      op,
    );
    if (said !== 'absent') return said;
    told.absent = true;
    return { ok: true, applied: 'unchanged' };
  }, 'reconcile');
  hold(
    !hub.line.calls.slice(before).some(({ changed }) => changed),
    'reconcile changes something at the vendor; it only reads',
  );
  hub.told.push(answer);
  return told.absent ? 'absent' : answer;
}
