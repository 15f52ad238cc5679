import type { HubEvent } from '#kit';
import {
  eventTypes,
  expandTypes,
  fieldsOfType,
  sampleEvent,
  typeNames,
} from '../../../../src/catalog/index.ts';
import { eventsOf } from '../events.ts';
import { hold, holdJson, same } from '../hold.ts';
import { connect, type Hub } from '../hub.ts';
import { type Case, copy, type Proved } from '../story.ts';

export function planCases(proved: Proved): Case[] {
  const { connector, conformance } = proved;
  const events = () => eventsOf(conformance.story);
  const each = (title: string, prove: (hub: Hub) => void): Case => ({
    title: `plan: ${title}`,
    prove: async () => {
      for (const connection of conformance.connections) prove(await connect(proved, connection));
    },
  });
  return [
    each('is the same each time, and leaves the event alone', (hub) => {
      for (const event of events()) {
        const kept = copy(event);
        const ops = copy(hub.plan(event));
        same(hub.plan(event), ops, `${event.type}: planned twice, it differs`);
        same(event, kept, `${event.type}: plan changes the event`);
      }
    }),
    each('is JSON, of known kinds', (hub) => {
      for (const event of events())
        for (const op of hub.plan(event)) {
          holdJson(op, `${event.type}: an op`);
          hold(
            Object.hasOwn(connector.manifest.idempotency, op.kind),
            `${event.type}: plans ${op.kind}, which manifest.idempotency does not have`,
          );
        }
    }),
    each('keys stay through replays, and are no attempt', (hub) => {
      for (const event of events()) {
        const keys = hub.plan(event).map(({ key }) => key);
        same([...new Set(keys)], keys, `${event.type}: two ops of one event have one key`);
        hold(
          keys.every((key) => /^\S{1,200}$/.test(key)),
          `${event.type}: a key is empty, too long or has a space`,
        );
        const again = hub.plan({ ...event, subscription: 'sub_another', grant: 'grt_another' });
        same(
          again.map(({ key }) => key),
          keys,
          `${event.type}: a key hangs on the subscription or the grant`,
        );
      }
    }),
    each('seq is the event’s', (hub) => {
      for (const event of events())
        for (const { seq } of hub.plan(event)) same(seq, event.sequence, `${event.type}: seq`);
    }),
    each('fields that it does not know change nothing', (hub) => {
      for (const event of events()) {
        const grown = { ...event, zz_new: 'zz new', data: grow(event.data) as HubEvent['data'] };
        same(hub.plan(grown), hub.plan(event), `${event.type}: an unknown field changes the plan`);
      }
    }),
    each('an event with its own scope alone is enough', (hub) => {
      for (const { type } of conformance.story) {
        const scope = eventTypes.get(type)?.scope;
        for (const event of eventsOf(conformance.story, new Set(scope ? [scope] : [])).filter(
          (one) => one.type === type,
        )) {
          const ops = hub.plan(event);
          hold(
            ops.length > 0 || hub.plan(full(events(), event)).length === 0,
            `${type}: planned with all scopes alone`,
          );
          const found = /undefined|\[object Object\]|\bNaN\b|Invalid Date/.exec(JSON.stringify(ops));
          hold(found === null, `${type}: what it may not see stands there as ${found?.[0]}`);
        }
      }
    }),
    each('no personal field but those that are told', (hub) => {
      const allowed = conformance.personal ?? [];
      for (const event of events()) {
        const text = JSON.stringify(hub.plan(event));
        for (const [path, { privacy, kind }] of fieldsOfType(event.type, event.schema_version)) {
          if ((privacy !== 'personal' && privacy !== 'sensitive') || kind === 'object') continue;
          if (allowed.some((name) => path === name || path.startsWith(`${name}.`))) continue;
          for (const value of valuesAt(event.data, path.split('.')))
            hold(
              typeof value !== 'string' ||
                value.length < 4 ||
                !text.includes(JSON.stringify(value).slice(1, -1)),
              `${event.type}: ${path} leaves, and conformance.personal does not have it`,
            );
        }
      }
    }),
    {
      title: 'plan: what it consumes, and nothing else',
      prove: async () => {
        const { consumes } = connector.manifest;
        const consumed = new Set(expandTypes(consumes));
        const planned = new Set<string>();
        for (const connection of conformance.connections) {
          const hub = await connect(proved, connection);
          for (const type of typeNames) {
            const story = eventTypes.get(type)?.entity ? [{ type }] : [];
            for (const event of [...eventsOf(story), bare(type)])
              if (hub.plan(event).length > 0) planned.add(type);
          }
          hub.plan({ ...bare('booking.confirmed'), type: 'zz.of_tomorrow' });
        }
        for (const type of planned)
          hold(
            consumed.has(type) || eventTypes.get(type)?.system === true,
            `plans from ${type}, which manifest.consumes does not have`,
          );
        for (const pattern of consumes)
          hold(
            expandTypes([pattern]).some((type) => planned.has(type)),
            `manifest.consumes has ${pattern}, and nothing is planned from it`,
          );
      },
    },
    {
      title: 'plan: as in fixtures/plan.json',
      prove: async () => {
        hold(
          proved.golden !== undefined,
          'there is no fixtures/plan.json; npm run connector:check writes it',
        );
        same(
          await planned(proved),
          proved.golden,
          'the plan is not that of fixtures/plan.json; where it is right, delete the file and ask again',
        );
      },
    },
  ];
}

/** What stands in `fixtures/plan.json`: by connection, then by scene of the story. */
export async function planned(proved: Proved): Promise<Record<string, Record<string, unknown>>> {
  const { connector, conformance } = proved;
  const made: Record<string, Record<string, unknown>> = {};
  for (const connection of conformance.connections) {
    const hub = await connect(proved, connection);
    made[connection.name] = Object.fromEntries(
      eventsOf(conformance.story).map((event, index) => [
        `${index + 1} ${event.type}`,
        copy(connector.plan(event, connection.options, hub.facts)),
      ]),
    );
  }
  return made;
}

/** A sample as it is, where the story cannot tell it: without a subject of its own. */
function bare(type: string): HubEvent {
  const [model] = eventsOf([{ type: 'booking.confirmed' }]);
  hold(model !== undefined, 'the catalogue has no booking.confirmed');
  const subject = eventTypes.get(type)?.entity ? model.subject : '';
  return { ...model, type, subject, data: sampleEvent(type) };
}

const full = (events: readonly HubEvent[], { id }: HubEvent): HubEvent => {
  const found = events.find((event) => event.id === id);
  hold(found !== undefined, `the story has no ${id}`);
  return found;
};

function grow(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(grow);
  if (typeof value !== 'object' || value === null) return value;
  const grown = Object.fromEntries(Object.entries(value).map(([name, field]) => [name, grow(field)]));
  return { ...grown, zz_new: { zz: ['new'] } };
}

function valuesAt(value: unknown, [name, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(value))
    return value.flatMap((each) => valuesAt(each, name === undefined ? [] : [name, ...rest]));
  if (name === undefined) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return valuesAt((value as Record<string, unknown>)[name], rest);
}
