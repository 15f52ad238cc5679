/** Writes docs/event-types.md from the catalogue: `node tests/catalog/write-docs.ts`. A test fails when it is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  describeType,
  eventTypes,
  type EventType,
  jsonSchema,
  type JsonSchema,
  scopeNames,
  scopes,
  typeNames,
  versionsOf,
} from '#src/catalog';

const docPath = new URL('../../docs/event-types.md', import.meta.url);

export function writtenDoc(): string {
  return readFileSync(docPath, 'utf8');
}

export function eventTypesDoc(): string {
  return (
    [
      preface(),
      '## All types\n\n' + overview(),
      '## Scopes\n\n' + scopeTable(),
      manifestNote(),
      ...[...eventTypes.values()].map(typeSection),
    ].join('\n\n') + '\n'
  );
}

function preface(): string {
  return [
    '# Event types',
    '',
    '<!-- Written by tests/catalog/write-docs.ts from src/catalog. Change those, not this. -->',
    '',
    'What each event carries in `data`, who sees it, and what kind of data it is. The same as JSON, with JSON Schemas',
    'and samples: `GET /v1/event-types`.',
    '',
    '- A subscription gets a type only with the **scope of the type**, and each field only with the **scope of the field**.',
    '  Fields without a scope of yours are absent, and so are objects with nothing left in them.',
    '- Times are RFC 3339 in UTC; show them in the `time_zone` beside them. Amounts are US cents.',
    '- Pictures and films leave only with a `content_rating` of `general`, whoever asks. Other files of a deliverable',
    '  leave without their link, by name and checksum. An event with a `blocked` one is quarantined as a whole.',
    '- A publisher must send exactly these fields: an unknown one quarantines the event.',
    '- New types, versions, optional fields and values of lists may come at any time; anything else is a new version,',
    '  and while the older one is supported, the hub converts down to the version that a subscription pins.',
    '- Wildcards (`*`, `message.*`) skip types that are off by default: ask for those by name.',
    '',
    'Personal data is marked `personal`, or `sensitive` where people wrote to each other; `money` is neither, but restricted.',
  ].join('\n');
}

function overview(): string {
  const rows = typeNames.map((type) => {
    const { latest_version, scope, stream, critical, off_by_default, system } = describeType(type);
    const marks = [
      critical && 'critical',
      off_by_default && 'off by default',
      system && 'from the hub',
    ].filter(Boolean);
    return `| [\`${type}\`](#${anchor(type)}) | ${latest_version} | \`${scope}\` | ${stream} | ${marks.join(', ')} |`;
  });
  return ['| type | latest version | scope | stream | |', '|---|---|---|---|---|', ...rows].join('\n');
}

function scopeTable(): string {
  const rows = scopeNames.map((name) => {
    const { description, restricted, writing, serviceOnly } = scopes[name];
    const marks = serviceOnly
      ? 'the marketplace core only'
      : [restricted && 'restricted', writing && 'writing'].filter(Boolean).join(', ');
    return `| \`${name}\` | ${description} | ${marks} |`;
  });
  return ['| scope | reveals or allows | |', '|---|---|---|', ...rows].join('\n');
}

function manifestNote(): string {
  return [
    '## The digest of a manifest',
    '',
    '`manifest.sha256` of a deliverable is the SHA-256 of the UTF-8 JSON `[[name, sha256, size_bytes], …]` without spaces,',
    'one entry a file, sorted by name in code point order. Links and ratings are not in it: a link can be withheld or',
    'renewed, the content cannot change. An event whose manifest has another digest than that is quarantined.',
  ].join('\n');
}

function typeSection(known: EventType): string {
  const { type, description, scope, stream } = known;
  const versions = versionsOf(known).toReversed();
  return [
    `## ${type}`,
    `${description} Scope \`${scope}\`, stream ${stream}.`,
    ...versions.map(
      (version) => `### ${type}, version ${version}\n\n${fieldTable(jsonSchema(type, version))}`,
    ),
  ].join('\n\n');
}

function fieldTable(schema: JsonSchema): string {
  const rows = leaves(schema, '', true).map(([path, field, required]) => {
    const { 'x-patchbay-scope': scope, 'x-patchbay-privacy': privacy } = field;
    return `| \`${path}\` | ${kindOf(field)} | ${required ? 'yes' : ''} | \`${String(scope)}\` | ${String(privacy)} | ${field.description ?? ''} |`;
  });
  return ['| field | kind | always | scope | privacy | |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

function leaves(schema: JsonSchema, path: string, always: boolean): [string, JsonSchema, boolean][] {
  const items = schema.items as JsonSchema | undefined; // The catalogue has no lists of several item schemas.
  if (items?.properties) return leaves(items, `${path}[]`, always);
  if (!schema.properties) return [[path, schema, always]];
  return Object.entries(schema.properties).flatMap(([name, field]) =>
    leaves(
      field as JsonSchema,
      path ? `${path}.${name}` : name,
      always && (schema.required?.includes(name) ?? false),
    ),
  );
}

function kindOf(field: JsonSchema): string {
  if (field.const !== undefined) return `\`${String(field.const)}\``;
  if (field.enum && field.enum.length > 12) return `one of ${field.enum.length} values`;
  if (field.enum) return field.enum.map((value) => `\`${String(value)}\``).join(' ');
  if (field.type === 'array') return `list of ${kindOf(field.items as JsonSchema)}`;
  return field.format ?? String(field.type);
}

// GitHub's rule for headings: lower case, dots dropped.
function anchor(type: string): string {
  return type.replaceAll('.', '');
}

if (import.meta.main) writeFileSync(docPath, eventTypesDoc());
