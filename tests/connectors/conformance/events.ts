import { eventTypes, project, sampleEvent, scopeNames, validate } from '../../../src/catalog/index.ts';
import { type HubEvent, testType } from '#kit';
import { hold } from './hold.ts';
import type { Scene } from './types.ts';

const dayMs = 86_400_000;
/** Of the suite; the samples of the catalogue begin the day before. */
export const startedAt = new Date('2026-11-22T12:00:00.000Z');

const withAll = new WeakMap<readonly Scene[], HubEvent[]>();

/** Real bodies, as an endpoint of a grant with these scopes would get them; all scopes by default. Frozen, all through. */
export function eventsOf(story: readonly Scene[], scopes?: ReadonlySet<string>): HubEvent[] {
  if (scopes) return made(story, scopes);
  const known = withAll.get(story) ?? made(story, new Set(scopeNames)).map(frozen);
  withAll.set(story, known);
  return known;
}

function made(story: readonly Scene[], scopes: ReadonlySet<string>): HubEvent[] {
  const sequences = new Map<string, number>();
  return story.flatMap((scene, index) => {
    const { type, seed = 1, data: over = {} } = scene;
    const known = eventTypes.get(type);
    hold(known !== undefined, `the story has ${type}, which the catalogue does not`);
    const whole = { ...sampleEvent(type, known.latest, seed), ...over };
    const checked = validate(type, known.latest, whole);
    hold(checked.ok, `the story's ${type} is no valid event: ${JSON.stringify(checked)}`);
    const data = project({ type, version: known.latest, data: whole }, { scopes });
    if (data === null) return [];
    const subject = known.entity
      ? `${known.entity.kind}s/${String(whole[known.entity.idField])}`
      : subjectOfTest(type, whole);
    const sequence = (sequences.get(subject) ?? 0) + 1;
    sequences.set(subject, sequence);
    return [
      {
        id: `evt_${String(index + 1).padStart(26, '0')}`,
        type,
        timestamp: new Date(startedAt.getTime() - dayMs + index * 60_000).toISOString(),
        schema_version: known.latest,
        sequence,
        city: 'houston',
        subject,
        account: 'acc_conformance',
        grant: 'grt_conformance',
        subscription: 'sub_conformance',
        data,
      },
    ];
  });
}

/** A test is about the subscription that it tests; of the rest of what the hub itself says nothing is planned. */
const subjectOfTest = (type: string, data: Readonly<Record<string, unknown>>): string =>
  type === testType ? `subscriptions/${String(data['subscription_id'])}` : '';

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
