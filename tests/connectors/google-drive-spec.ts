/**
 * Whether a request is one that Drive's specification knows. It describes a created file as `application/octet-stream`
 * alone (tests/vendor-specs/SOURCES.md), so the metadata, in whichever body it stands, is held against `File` here.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';

type Operation = { parameters?: { name: string; in: string; schema: { type: string; enum?: string[] } }[] };
type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, { properties: object }>;
    parameters: Record<string, { name: string }>;
  };
};

const document = JSON.parse(
  readFileSync(join(import.meta.dirname, '../vendor-specs/google-drive-v3.trim.openapi.json'), 'utf8'),
) as Document;
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(document, 'spec');
const isFile = ajv.compile({ $ref: 'spec#/components/schemas/File' });
const fileFields = new Set(Object.keys(document.components.schemas['File']!.properties));
/** What every call takes. */
const common = new Set(Object.values(document.components.parameters).map(({ name }) => name));

/** What is wrong with a request; empty: nothing. A part of a resumable upload is outside the specification. */
export async function complaintsOf(request: Request): Promise<string[]> {
  const url = new URL(request.url);
  if (request.method === 'PUT') return complainOfPart(request, url);
  const [, path = ''] = /^(?:\/upload)?\/drive\/v3(\/.*)$/.exec(url.pathname) ?? [];
  const rule = ['/about', '/files', '/files/generateIds'].includes(path) ? path : '/files/{fileId}';
  const operation = document.paths[rule]?.[request.method.toLowerCase()];
  if (url.host !== 'www.googleapis.com' || !operation)
    return [`there is no ${request.method} ${request.url}`];
  const known = new Set(operation.parameters?.filter((each) => each.in === 'query').map(({ name }) => name));
  const metadata = metadataIn(request, await request.text());
  return [
    ...[...url.searchParams.keys()]
      .filter((name) => !known.has(name) && !common.has(name))
      .map((name) => `${request.method} ${path} knows no ${name}`),
    ...complainOfFields(url.searchParams.get('fields') ?? '', path),
    ...(metadata === null ? [] : complainOfFile(metadata)),
  ];
}

function complainOfPart(request: Request, url: URL): string[] {
  const range = request.headers.get('content-range') ?? '';
  const [, from, to, total] = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(range) ?? [];
  if (total === undefined || !url.searchParams.has('upload_id'))
    return [`a part without its place: ${range}`];
  const isLast = to === undefined || Number(to) === Number(total) - 1;
  const isWhole = (Number(to) - Number(from) + 1) % 262_144 === 0;
  return isLast || isWhole ? [] : [`a part that is no multiple of 256 KiB: ${range}`];
}

function metadataIn(request: Request, body: string): unknown {
  if (request.method === 'GET') return null;
  const [, boundary] = /boundary=([\w-]+)/.exec(request.headers.get('content-type') ?? '') ?? [];
  if (boundary === undefined) return JSON.parse(body);
  const [, part = ''] = body.split(`--${boundary}`);
  return JSON.parse(part.slice(part.indexOf('\r\n\r\n')));
}

function complainOfFile(metadata: unknown): string[] {
  const wrong = isFile(metadata)
    ? []
    : (isFile.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  const unknown = Object.keys(metadata as object).filter((name) => !fileFields.has(name));
  return [...wrong, ...unknown.map((name) => `a file has no ${name}`)];
}

/** `files(id,size)` or `id,size`; those of the user are not in the trimmed document. */
function complainOfFields(fields: string, path: string): string[] {
  if (path === '/about' || fields === '') return [];
  const names = (/^files\((.*)\)$/.exec(fields)?.[1] ?? fields).split(',');
  return names.filter((name) => !fileFields.has(name)).map((name) => `a file has no ${name}`);
}
