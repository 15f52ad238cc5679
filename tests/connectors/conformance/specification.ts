/** Whether a request is one that the vendor's specification knows: OpenAPI 3 or Swagger 2, of tests/vendor-specs. Node alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';

type Parameter = { name: string; in: string; required?: boolean; type?: string; schema?: unknown };
type Operation = {
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: { required?: boolean; content: Record<string, { schema?: unknown }> };
};
type Document = {
  servers?: { url: string }[];
  host?: string;
  basePath?: string;
  paths: Record<string, Record<string, Operation>>;
};

export type Specification = {
  /** Where its paths begin: `www.googleapis.com/calendar/v3`. */
  covers(url: URL): boolean;
  /** What is wrong with it; empty: nothing. */
  complain(request: Request): Promise<string[]>;
};

export function readSpecification(file: string): Specification {
  const document = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../vendor-specs', file), 'utf8'),
  ) as Document;
  const base = new URL(document.servers?.[0]?.url ?? `https://${document.host}${document.basePath ?? ''}`);
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(document, 'spec');
  const compiled = new Map<string, ValidateFunction>();
  const rules = Object.entries(document.paths).map(([path, operations]) => ({
    path,
    operations,
    // `{id}` takes one segment.
    pattern: new RegExp(
      `^${(base.pathname.replace(/\/$/, '') + path).replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`,
    ),
  }));

  return {
    covers: (url) => url.host === base.host && url.pathname.startsWith(base.pathname),
    async complain(request) {
      const url = new URL(request.url);
      const name = `${request.method} ${url.pathname}`;
      const rule = rules.find(({ pattern }) => pattern.test(url.pathname));
      const operation = rule?.operations[request.method.toLowerCase()];
      if (!rule || !operation) return [`${name} is not in ${file}`];
      const parameters = [
        // Beside its methods a path may have parameters of all of them (OpenAPI 3.0.3, Path Item).
        ...((rule.operations['parameters'] as unknown as Parameter[] | undefined) ?? []),
        ...(operation.parameters ?? []),
      ].map((each) => ('$ref' in each ? resolve(document, each.$ref) : each) as Parameter);
      const form = parameters.filter((each) => each.in === 'formData');
      const body = await request.text();
      return [
        ...complainOfQuery(
          name,
          url.searchParams,
          parameters.filter((each) => each.in === 'query'),
        ),
        ...(form.length > 0
          ? complainOfForm(name, request, body, form)
          : complainOfBody(name, request, body, rule.path, operation)),
      ];
    },
  };

  function complainOfBody(
    name: string,
    request: Request,
    body: string,
    path: string,
    { requestBody }: Operation,
  ): string[] {
    if (!requestBody) return body === '' ? [] : [`${name} takes no body`];
    if (body === '') return requestBody.required === true ? [`${name} needs a body`] : [];
    const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
    const content = requestBody.content[type];
    if (!content) return [`${name} does not take ${type}`];
    if (type !== 'application/json' || !content.schema) return [];
    const pointer = ['paths', path, request.method.toLowerCase(), 'requestBody', 'content', type, 'schema'];
    const id = `spec#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
    const validate = compiled.get(id) ?? ajv.compile({ $ref: id });
    compiled.set(id, validate);
    const value: unknown = JSON.parse(body);
    const wrong = validate(value) ? [] : (validate.errors ?? []);
    return wrong.map(({ instancePath, message = '' }) => `${name}: ${instancePath} ${message}`);
  }
}

/** Google's documents keep what every call takes (`fields`, `alt`) apart; the trimmed ones may have lost it. */
const everywhere = new Set(['alt', 'fields', 'key', 'prettyPrint', 'quotaUser', 'uploadType']);

function complainOfQuery(name: string, query: URLSearchParams, known: readonly Parameter[]): string[] {
  return [
    ...[...query.keys()]
      .filter((key) => !everywhere.has(key) && !known.some((each) => each.name === key))
      .map((key) => `${name} knows no parameter ${key}`),
    ...missing(name, query, known),
  ];
}

function complainOfForm(name: string, request: Request, body: string, known: readonly Parameter[]): string[] {
  const fields = (request.headers.get('content-type') ?? '').startsWith('application/json')
    ? new URLSearchParams(
        Object.entries(JSON.parse(body) as Record<string, unknown>).map(([key, value]) => [
          key,
          String(value),
        ]),
      )
    : new URLSearchParams(body);
  return missing(name, fields, known);
}

const missing = (name: string, given: URLSearchParams, known: readonly Parameter[]): string[] =>
  known
    .filter((each) => each.required === true && each.name !== 'token' && !given.has(each.name))
    .map((each) => `${name} needs ${each.name}`);

function resolve(document: unknown, reference: string): unknown {
  return reference
    .split('/')
    .slice(1)
    .reduce<unknown>((held, part) => (held as Record<string, unknown>)[part], document);
}
