/** A delivery to a connection, where an endpoint would get a request: its event is planned into ops, and each is applied. */
import { eq } from 'drizzle-orm';
import { type Connector, type Failed, type HubEvent, testType } from '#kit';
import type { Candidate, CarriedResult, Carrier, CarryLater, LeasedDelivery } from '#src/ports';
import { applyOp, type Done } from './apply-op.ts';
import { breakConnection } from './break.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import { type ConnectionRow, makerOf, readConnection } from './find.ts';
import { createVendorLimits } from './limits.ts';
import { type Needs, openConnection } from './open.ts';

type Result = CarriedResult | CarryLater;
/** Another delivery is at the same thing: come again in a moment. */
const busyMs = 1_500;

export function createCarrier(ports: Needs): Carrier {
  const limits = createVendorLimits(ports);
  const breaker = createBreaker(ports);
  return {
    carry: async (delivery, candidate, body) => {
      const startedAt = ports.clock.ticks();
      const result = await carry(delivery, candidate, body);
      return result.kind === 'later' ? result : { ...result, durationMs: ports.clock.ticks() - startedAt };
    },
  };

  async function carry(delivery: LeasedDelivery, { subscription }: Candidate, body: string): Promise<Result> {
    const { endpoint } = subscription;
    if (endpoint.type !== 'connection') throw new Error('only a delivery to a connection is carried');
    const row = await readConnection(ports, endpoint.connection_id);
    const connector = row && (await ports.connectors.load(row.connector));
    if (!row || row.state === 'revoked')
      return done('permanent', 'connection_gone', 'The connection was ended.');
    if (!connector) return { kind: 'later', reason: 'connector_off', afterMs: 300_000 };
    if (row.state !== 'active' && row.state !== 'degraded')
      return done('reconnect', row.stateReason ?? row.state, 'The connection waits to be linked again.');
    if (ports.gate.standing(makerOf(row)) === 'revoked') {
      await breakConnection(ports, row, 'revoked', 'token_leaked');
      return done(
        'reconnect',
        'token_leaked',
        'It was made with a token that has leaked. Link the account again.',
      );
    }
    const waitMs = Math.max(breaker.waitMs(row.id), breaker.waitMs(connector.manifest.id));
    if (waitMs > 0) return { kind: 'later', reason: 'breaker_open', afterMs: waitMs };
    // It was written by our own body writer, in the standard format.
    const event = JSON.parse(body) as HubEvent;
    return applyAll(row, connector, delivery, event, {
      options: endpoint.options,
      isApproved: subscription.approval === 'approved',
    });
  }

  async function applyAll(
    row: ConnectionRow,
    connector: Connector,
    delivery: LeasedDelivery,
    event: HubEvent,
    given: { options: unknown; isApproved: boolean },
  ): Promise<Result> {
    const options = connector.manifest.options.safeParse(given.options);
    if (!options.success)
      return done(
        'permanent',
        'options_invalid',
        'The options of the subscription no longer fit the connector. Set them again.',
      );
    const ops = connector.plan(event, options.data, row.facts);
    if (ops.length === 0)
      return done('applied', 'nothing_to_do', 'The connector has nothing to do for this event.');
    const isTest = event.type === testType;
    const told: string[] = [];
    for (const op of ops) {
      const opened = await openConnection(ports, connector, row, {
        limits,
        purpose: isTest ? 'test' : 'deliver',
        deliveryId: delivery.id,
        options: options.data,
        isApproved: given.isApproved,
        key: op.key,
      });
      if (!opened.ok)
        return opened.kind === 'reconnect'
          ? done('reconnect', opened.code, 'The vendor no longer takes our credential.')
          : done('transient', opened.code, 'The vendor could not be asked for a fresh token.');
      const step = await applyOp(ports, { connector, row, opened, op, eventId: event.id });
      const failed = await learn(row, connector, step);
      if (failed) return failed;
      told.push(toldOf((isTest ? connector.manifest.test : null) ?? op.key, step));
    }
    await noteUse(row);
    return done('applied', 'applied', told.join('; '));
  }

  /** What the breaker and the connection learn of it; a result where the delivery ends here. */
  async function learn(row: ConnectionRow, connector: Connector, step: Done): Promise<Result | null> {
    if (step.kind === 'busy') return { kind: 'later', reason: 'busy', afterMs: busyMs };
    if (step.kind === 'stale' || step.outcome.ok) {
      if (step.kind === 'outcome') noteWell(breaker, row, connector, true);
      return null;
    }
    const { outcome } = step;
    if (outcome.kind === 'transient' || outcome.kind === 'unknown')
      noteTrouble(breaker, row, connector, outcome);
    // It answers, and what it refuses is the work or the access: no circuit stays open for that.
    else noteWell(breaker, row, connector, true);
    if (outcome.kind !== 'auth') return resultOf(outcome);
    // Linked anew meanwhile: what was refused was the credential of before.
    const isBroken = await breakConnection(ports, row, reasonOf(outcome.code), outcome.code);
    return isBroken ? resultOf(outcome) : { kind: 'later', reason: 'busy', afterMs: busyMs };
  }

  async function noteUse(row: ConnectionRow): Promise<void> {
    const nowMs = ports.clock.ms();
    if (row.lastUsedAt && nowMs - row.lastUsedAt.getTime() < 3_600_000) return;
    const { connections } = ports.store.tables;
    await ports.store.write((db) => [
      db.update(connections).set({ lastUsedAt: ports.clock.now() }).where(eq(connections.id, row.id)),
    ]);
  }
}

const noteWell = (breaker: Breaker, row: ConnectionRow, { manifest }: Connector, isWell: boolean): void => {
  breaker.note(row.id, isWell);
  breaker.note(manifest.id, isWell);
};

/** A limit that was met is no fault: the wait is known. */
function noteTrouble(breaker: Breaker, row: ConnectionRow, { manifest }: Connector, outcome: Failed): void {
  if (outcome.kind === 'transient' && outcome.retryAfterMs !== undefined) return;
  breaker.note(row.id, false);
  if (outcome.kind === 'transient' && outcome.slow === 'app') breaker.note(manifest.id, false);
}

export const reasonOf = (code: string): 'auth' | 'scope' =>
  /scope|permission/i.test(code) ? 'scope' : 'auth';

function resultOf(outcome: Failed): CarriedResult {
  switch (outcome.kind) {
    case 'auth':
      return done(
        'reconnect',
        outcome.code,
        'The vendor no longer takes our credential. Link the account again.',
      );
    case 'permanent':
      return done('permanent', outcome.code, outcome.fix ?? 'The vendor refuses it, and would again.');
    case 'transient':
      return {
        ...done('transient', outcome.code, 'The vendor cannot take it now.'),
        retryAfterMs: outcome.retryAfterMs ?? 0,
        isOverload: outcome.slow !== 'call',
      };
    case 'unknown':
      return done(
        'unknown',
        outcome.code,
        'It was sent and no answer came; the vendor is asked before it is sent again.',
      );
    default:
      return outcome satisfies never;
  }
}

const done = (outcome: CarriedResult['outcome'], code: string, detail: string): CarriedResult => ({
  kind: 'carried',
  outcome,
  code,
  detail,
  retryAfterMs: 0,
  isOverload: false,
  durationMs: 0,
});

/** `what`: the op's key, and of a test what a person finds there. */
function toldOf(what: string, step: Done): string {
  if (step.kind === 'stale') return `${what}: a newer state is there already`;
  if (step.kind !== 'outcome' || !step.outcome.ok) return what;
  const { applied, ref } = step.outcome;
  return `${what}: ${applied}${ref?.url ? ` (${ref.url})` : ''}`;
}
