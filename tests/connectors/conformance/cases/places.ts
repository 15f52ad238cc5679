/** One connection may send to two places: two channels, two folders. What is there twice needs two keys, or one is dropped. */
import type { Op } from '#kit';
import { eventsOf } from '../events.ts';
import { hold } from '../hold.ts';
import { connect, type Hub } from '../hub.ts';
import { type Case, copy, type Proved } from '../story.ts';
import type { Connection } from '../types.ts';

export function placeCases(proved: Proved): Case[] {
  return [
    {
      title: 'places: what another option sends to another place has another key',
      prove: async () => {
        for (const connection of proved.conformance.connections)
          for (const [field, other] of await elsewhere(proved, connection))
            for (const [here, there] of await pairsOf(proved, connection, other))
              if (here.key === there.key) await holdOneThing(proved, connection, field, other, [here, there]);
      },
    },
  ];
}

/** For each field that could name a place, the same connection with another value of it. */
async function elsewhere(
  proved: Proved,
  connection: Connection,
): Promise<[field: string, other: Connection][]> {
  const { manifest } = proved.connector;
  const hub = await connect(proved, connection);
  const found: [string, Connection][] = [];
  for (const field of manifest.form) {
    const given = connection.options as Readonly<Record<string, unknown>>;
    for (const value of await valuesOf(hub, field.name)) {
      const options = manifest.options.safeParse({ ...given, [field.name]: value });
      if (value === given[field.name] || !options.success) continue;
      found.push([field.name, { ...connection, options: options.data }]);
      break;
    }
  }
  return found;
}

async function valuesOf(hub: Hub, name: string): Promise<readonly string[]> {
  const { manifest, choices } = hub.connector;
  const field = manifest.form.find((one) => one.name === name);
  if (field?.type === 'text') return ['elsewhere'];
  if (field?.type === 'choice') return field.choices.map(({ id }) => id);
  if (field?.type !== 'vendor-choice' || !choices) return [];
  const listed = await hub.call((ctx) => choices(name, ctx));
  return listed.ok ? listed.choices.map(({ id }) => id) : [];
}

/** What becomes of one event here and there, for the first op of each kind that is not the same. */
async function pairsOf(proved: Proved, connection: Connection, other: Connection): Promise<[Op, Op][]> {
  const [here, there] = [await connect(proved, connection), await connect(proved, other)];
  const found = new Map<string, [Op, Op]>();
  for (const event of eventsOf(proved.conformance.story)) {
    const ops = there.plan(event);
    for (const [index, op] of here.plan(event).entries()) {
      const twin = ops[index];
      if (!twin || found.has(op.kind)) continue;
      found.set(op.kind, [op, twin]);
    }
  }
  return [...found.values()];
}

/** The same sent twice, against one sent here and one there: there may not be more of it, nor elsewhere. */
async function holdOneThing(
  proved: Proved,
  connection: Connection,
  field: string,
  other: Connection,
  [here, there]: [Op, Op],
): Promise<void> {
  const twice = await sent(proved, [
    [connection, here],
    [connection, here],
  ]);
  const both = await sent(proved, [
    [connection, here],
    [other, there],
  ]);
  const words = `${connection.name}: ${here.kind} with another ${field}`;
  hold(
    both.objects.length <= twice.objects.length,
    `${words} is another thing at the vendor, and its key is the same: ${here.key}`,
  );
  hold(
    both.resources.size <= twice.resources.size,
    `${words} goes to ${[...both.resources].join(' and ')}, and its key is the same: ${here.key}`,
  );
}

async function sent(proved: Proved, all: readonly [Connection, Op][]) {
  const [[first]] = all as [[Connection, Op]]; // Two of them.
  const hub = await connect(proved, first);
  for (const [connection, op] of all) {
    hub.connection = connection;
    const outcome = await hub.attempt(op);
    if (outcome.ok && outcome.ref) hub.refs.set(op.key, { ref: outcome.ref, seq: op.seq, isGone: false });
  }
  return {
    objects: copy(hub.line.standIn.objects()),
    resources: new Set(hub.line.calls.flatMap(({ resource }) => resource ?? [])),
  };
}
