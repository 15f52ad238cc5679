import { eventTypes, expandTypes } from '#src/catalog';
import type { Ports } from '#src/context';
import { type FieldError, PatchbayError } from '#src/errors';
import { filterFields } from './fields.ts';
import { compileFilter } from './filter.ts';

type Needs = Pick<Ports, 'http' | 'settings'>;

/** Where it may send. Throws `endpoint_refused` with the reason; returns the host that caps are counted by. */
export function checkEndpoint({ http }: Needs, endpoint: { type: string; url?: string }): string {
  if (endpoint.type !== 'webhook') {
    throw new PatchbayError('setting_unsupported', {
      public: 'This installation has no connections; use an endpoint of the type webhook.',
    });
  }
  const verdict = http.inspect(endpoint.url ?? '');
  if (verdict.ok) return verdict.host;
  throw new PatchbayError('endpoint_refused', {
    public: verdict.detail,
    errors: [{ pointer: '/endpoint/url', detail: verdict.detail }],
  });
}

/** Types, pinned version, filter and rate, by the scopes of who asks. Throws 422 with all that is wrong. */
export function checkWishes(
  { settings }: Needs,
  wishes: { eventTypes: string[]; schemaVersion: number | null; filter: unknown; maxPerSecond: number },
  scopes: ReadonlySet<string>,
): void {
  const errors: FieldError[] = [];
  const types = expandTypes(wishes.eventTypes);
  wishes.eventTypes.forEach((pattern, i) => {
    const missing = new Set(
      expandTypes([pattern])
        .map((type) => eventTypes.get(type)!.scope)
        .filter((scope) => !scopes.has(scope)),
    );
    // A wildcard takes what the scopes reveal; a type that is named must be revealed.
    const isNamed = eventTypes.has(pattern);
    const revealsNothing = expandTypes([pattern]).every((type) => !scopes.has(eventTypes.get(type)!.scope));
    if (missing.size > 0 && (isNamed || revealsNothing)) {
      errors.push({
        pointer: `/event_types/${i}`,
        detail: `${pattern} needs the scope ${[...missing].join(', ')}, which this token does not have.`,
      });
    }
  });
  const { schemaVersion, maxPerSecond } = wishes;
  if (schemaVersion !== null && !types.some((type) => eventTypes.get(type)!.versions[schemaVersion])) {
    errors.push({
      pointer: '/schema_version',
      detail: `None of these types has a version ${schemaVersion}.`,
    });
  }
  if (maxPerSecond > settings.maxMaxPerSecond) {
    errors.push({ pointer: '/max_per_second', detail: `At most ${settings.maxMaxPerSecond} a second.` });
  }
  if (errors.length > 0)
    throw new PatchbayError('validation_failed', { public: errors.map((e) => e.detail).join(' '), errors });
  if (wishes.filter !== null && wishes.filter !== undefined) {
    const readable = types.filter((type) => scopes.has(eventTypes.get(type)!.scope));
    compileFilter(wishes.filter, filterFields(readable, schemaVersion, scopes));
  }
}
