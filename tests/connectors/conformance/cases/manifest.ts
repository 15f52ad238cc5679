import { type Connector, testType } from '#kit';
import * as z from 'zod';
import { expandTypes } from '../../../../src/catalog/index.ts';
import { hold, isSameSet, same } from '../hold.ts';
import { connect, type Hub, open, reconcile, scopesOf } from '../hub.ts';
import { reaches } from '../line.ts';
import { manifestSchema } from '../manifest-schema.ts';
import { type Case, type Proved, stepsOf } from '../story.ts';
import type { Connection } from '../types.ts';
import { exercise } from '../exercise.ts';

export function manifestCases(proved: Proved): Case[] {
  const { connector, conformance } = proved;
  const { manifest } = connector;
  const now = (title: string, prove: () => void): Case => ({
    title: `manifest: ${title}`,
    prove: async () => prove(),
  });
  return [
    now('fits its schema', () => {
      const read = manifestSchema.safeParse(manifest);
      hold(read.success, read.success ? '' : z.prettifyError(read.error));
      expandTypes(manifest.consumes);
      for (const { id, needs = [] } of manifest.tiers)
        for (const name of needs)
          hold(
            manifest.form.some((field) => field.name === name),
            `the tier ${id} needs ${name}, which is no field of the form`,
          );
    }),
    now('every scope is asked for by a tier, says which kinds need it, and no tier asks for another', () => {
      const asked = manifest.tiers.flatMap(({ scopes, optionalScopes = [] }) => [
        ...scopes,
        ...optionalScopes,
      ]);
      same(
        [...new Set(asked)].toSorted(),
        Object.keys(manifest.scopes).toSorted(),
        'scopes of the tiers, and manifest.scopes',
      );
      const known = [...Object.keys(manifest.idempotency), 'health', 'inbound', 'set-up'];
      for (const [scope, { kinds }] of Object.entries(manifest.scopes))
        for (const kind of kinds)
          hold(known.includes(kind), `${scope} is said to be for ${kind}, which is no kind`);
    }),
    now('a kind that the vendor cannot tell apart can be asked for', () => {
      const blind = Object.entries(manifest.idempotency).filter(([, how]) => how === 'none');
      hold(
        blind.length === 0 || connector.reconcile !== undefined,
        `idempotency of ${blind.map(([kind]) => kind).join(', ')} is none, and there is no reconcile`,
      );
    }),
    now('what it says of itself is there', () => {
      hold(
        (manifest.inbound !== undefined) === (connector.verify !== undefined),
        'inbound needs verify, and verify inbound',
      );
      hold(
        (manifest.inbound !== undefined) === (connector.receive !== undefined),
        'inbound needs receive, and receive inbound',
      );
      hold(
        (manifest.inbound !== undefined) === (conformance.inbound !== undefined),
        'inbound needs conformance.inbound',
      );
      hold(
        manifest.consumes.includes(testType) === (manifest.test !== undefined),
        `${testType} in consumes needs test, the words for it, and test needs it`,
      );
      hold(
        manifest.form.every(({ type }) => type !== 'vendor-choice') || connector.choices !== undefined,
        'a vendor-choice needs choices',
      );
    }),
    now('the form has one field for each option, and unknown options are refused', () => {
      const { options, form } = manifest;
      hold(options instanceof z.ZodObject, 'options is no z.strictObject');
      same(
        form.map(({ name }) => name).toSorted(),
        Object.keys(options.shape).toSorted(),
        'fields of the form, and options',
      );
      for (const { name, options: given } of conformance.connections) {
        const read = options.safeParse(given);
        hold(
          read.success,
          `the options of ${name} do not fit: ${read.success ? '' : z.prettifyError(read.error)}`,
        );
        hold(
          !options.safeParse({ ...(given as object), zz_unknown: 1 }).success,
          'options takes unknown fields',
        );
      }
    }),
    now('every tier is proved by a connection', () => {
      const tiers = manifest.tiers.map(({ id }) => id);
      same(
        [...new Set(conformance.connections.map(({ tier }) => tier))].toSorted(),
        tiers.toSorted(),
        'tiers of connections',
      );
      const names = conformance.connections.map(({ name }) => name);
      same([...new Set(names)], names, 'two connections have one name');
    }),
    {
      title: 'manifest: hosts are those that are fetched',
      prove: async () => {
        const fetched = new Set<string>();
        for (const connection of conformance.connections)
          for (const { request } of (await exercise(proved, connection)).line.calls)
            fetched.add(new URL(request.url).hostname);
        for (const host of manifest.hosts)
          hold(
            [...fetched].some((name) => reaches(host, name)),
            `manifest.hosts has ${host}, and nothing fetches it`,
          );
      },
    },
    {
      title: 'manifest: an option that staff have to approve does nothing before they have',
      prove: async () => {
        for (const option of Object.keys(manifest.approvals ?? {}))
          hold(
            await isHeld(proved, option),
            `${option} does the same with and without approval, in each connection`,
          );
      },
    },
    {
      title: 'manifest: without any one scope, something is refused',
      prove: async () => {
        for (const [scope, { kinds }] of Object.entries(manifest.scopes)) {
          // Of what only the vendor asks for (a slash command) no call can tell.
          if (kinds.every((kind) => kind === 'inbound')) continue;
          hold(
            await isNeeded(proved, connector, scope),
            `everything goes well without ${scope}: do not ask for it`,
          );
        }
      },
    },
  ];
}

async function isHeld(proved: Proved, option: string): Promise<boolean> {
  for (const connection of proved.conformance.connections) {
    const steps = await stepsOf(proved, connection);
    const ends: unknown[][] = [];
    for (const isApproved of [true, false]) {
      const hub = await connect(proved, connection);
      if (!isApproved) hub.approved = new Set([...hub.approved].filter((name) => name !== option));
      for (const { op } of steps) await hub.carry(op);
      ends.push([...hub.line.standIn.objects()]);
    }
    const [withIt = [], without = []] = ends;
    if (!isSameSet(withIt, without)) return true;
  }
  return false;
}

async function isNeeded(proved: Proved, connector: Connector, scope: string): Promise<boolean> {
  for (const connection of proved.conformance.connections) {
    const scopes = scopesOf(connector, connection);
    if (!scopes.delete(scope)) continue;
    const hub = open(proved, connection, scopes);
    if (!(await goesWell(proved, hub, connector))) return true;
    if ((await foundOut(proved, connection, scopes)) < (await foundOut(proved, connection))) return true;
  }
  return false;
}

/** Of how many ops `reconcile` can say that they arrived. */
async function foundOut(
  proved: Proved,
  connection: Connection,
  scopes?: ReadonlySet<string>,
): Promise<number> {
  if (!proved.connector.reconcile) return 0;
  const hub = await connect(proved, connection, scopes);
  const told: boolean[] = [];
  for (const { op } of await stepsOf(proved, connection)) {
    await hub.attempt(op);
    const said = await reconcile(hub, op);
    told.push(said !== 'absent' && said.ok);
  }
  return told.filter(Boolean).length;
}

async function goesWell(proved: Proved, hub: Hub, connector: Connector): Promise<boolean> {
  if (connector.setUp) {
    const made = await hub.call((ctx) => connector.setUp?.(ctx) ?? Promise.reject(new Error('no setUp')));
    if (!made.ok) return false;
    hub.facts = { ...hub.facts, ...made.facts };
  }
  const health = await hub.call((ctx) => connector.health(ctx));
  if (!health.ok || (health.missingScopes?.length ?? 0) > 0) return false;
  for (const { op } of await stepsOf(proved, hub.connection)) {
    const outcome = await hub.attempt(op);
    if (!outcome.ok) return false;
    if (outcome.ref) hub.refs.set(op.key, { ref: outcome.ref, seq: op.seq, isGone: false });
  }
  for (const { name, type } of connector.manifest.form) {
    if (type !== 'vendor-choice') continue;
    const listed = await hub.call(
      (ctx) => connector.choices?.(name, ctx) ?? Promise.reject(new Error('no choices')),
    );
    if (!listed.ok) return false;
  }
  return true;
}
