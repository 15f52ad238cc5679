import { eventTypes, expandTypes } from '#src/catalog';
import type { Ctx, Ports } from '#src/context';
import { type FieldError, PatchbayError } from '#src/errors';
import type { EndpointSpec } from '#src/store';
import { checkConnection, type CheckedEndpoint } from './check-connection.ts';
import { filterFields } from './fields.ts';
import { type CompiledFilter, compileFilter } from './filter.ts';
import { isNotice, noticeTypes } from './notice.ts';

type Needs = Pick<Ports, 'settings'>;

export type Wishes = { eventTypes: string[]; schemaVersion: number | null; filter: unknown };

/** Where it may send. Throws `endpoint_refused` with the reason; answers the host that caps are counted by. */
export async function checkEndpoint(
  ctx: Ctx,
  endpoint: EndpointSpec,
  owner: 'grant' | 'app',
): Promise<CheckedEndpoint> {
  if (endpoint.type === 'connection') return checkConnection(ctx, endpoint, owner);
  const verdict = ctx.http.inspect(endpoint.url);
  if (verdict.ok) return { host: verdict.host, endpoint, isForStaff: false };
  throw new PatchbayError('endpoint_refused', {
    public: verdict.detail,
    errors: [{ pointer: '/endpoint/url', detail: verdict.detail }],
  });
}

/** Types, pinned version and filter, by the scopes of who asks. Throws 422 with all that is wrong. */
export function checkWishes(wishes: Wishes, scopes: ReadonlySet<string>): CompiledFilter | null {
  const types = expandTypes(wishes.eventTypes);
  const errors = [...typeErrors(wishes.eventTypes, scopes), ...versionErrors(types, wishes.schemaVersion)];
  refuse(errors);
  if (wishes.filter === null || wishes.filter === undefined) return null;
  const readable = types.filter((type) => scopes.has(scopeOf(type)));
  return compileFilter(wishes.filter, filterFields(readable, wishes.schemaVersion, scopes));
}

export function checkRate({ settings }: Needs, maxPerSecond: number): void {
  if (maxPerSecond <= settings.maxMaxPerSecond) return;
  refuse([{ pointer: '/max_per_second', detail: `At most ${settings.maxMaxPerSecond} a second.` }]);
}

/** A security event token tells an app what it has lost: it has no words for anything else, nor for anybody else. */
export function checkFormat(format: string, owner: string, patterns: readonly string[]): void {
  if (format !== 'secevent') return;
  const others = expandTypes([...patterns]).filter((type) => !isNotice(type));
  refuse([
    ...(owner === 'app'
      ? []
      : [{ pointer: '/owner', detail: 'secevent is for subscriptions that an app owns.' }]),
    ...(others.length === 0
      ? []
      : [{ pointer: '/event_types', detail: `secevent carries ${noticeTypes.join(' and ')} alone.` }]),
  ]);
}

/** A wildcard takes what the scopes reveal; a type that is named must be revealed. */
function typeErrors(patterns: readonly string[], scopes: ReadonlySet<string>): FieldError[] {
  return patterns.flatMap((pattern, i) => {
    const needed = new Set(expandTypes([pattern]).map(scopeOf));
    const missing = [...needed].filter((scope) => !scopes.has(scope));
    const isRefused = missing.length > 0 && (eventTypes.has(pattern) || missing.length === needed.size);
    if (!isRefused) return [];
    const detail = `${pattern} needs the scope ${missing.join(', ')}, which this token does not have.`;
    return [{ pointer: `/event_types/${i}`, detail }];
  });
}

function versionErrors(types: readonly string[], version: number | null): FieldError[] {
  if (version === null || types.some((type) => eventTypes.get(type)?.versions[version])) return [];
  return [{ pointer: '/schema_version', detail: `None of these types has a version ${version}.` }];
}

function refuse(errors: FieldError[]): void {
  if (errors.length === 0) return;
  throw new PatchbayError('validation_failed', { public: errors.map((e) => e.detail).join(' '), errors });
}

/** Every type that `expandTypes` gives is in the catalogue; one that is not would be revealed by no scope. */
const scopeOf = (type: string): string => eventTypes.get(type)?.scope ?? '';
