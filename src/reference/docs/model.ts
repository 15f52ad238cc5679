import type { OpenAPIHono } from '@hono/zod-openapi';

type ApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

/** A schema as the page reads it: the few words of JSON Schema that our routes speak. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  maxLength?: number;
  minLength?: number;
};

export type Parameter = {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: Schema;
};
export type Content = Record<string, { schema: Schema }>;
export type Answer = {
  status: string;
  description: string;
  schema: Schema | null;
  error: 'problem' | 'oauth' | null;
};

/** Who may call. `scopes` empty: any token; a member of staff needs a permission, or none in particular. */
export type Caller =
  | { by: 'anybody' }
  | { by: 'client' | 'registration' }
  | { by: 'token' | 'staff'; scopes: string[] };

export type Operation = {
  id: string;
  method: string;
  path: string;
  tag: string;
  summary: string;
  description: string;
  caller: Caller;
  parameters: Parameter[];
  body: { type: string; schema: Schema } | null;
  answers: Answer[];
};

export type Reference = {
  title: string;
  version: string;
  introduction: string[];
  server: string;
  groups: { name: string; description: string; operations: Operation[] }[];
  webhooks: Operation[];
  /** Follows `$ref`; what leads nowhere is an empty schema. */
  resolve(schema: Schema): Schema;
};

type RawOperation = {
  operationId?: string;
  tags?: string[];
  summary?: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content?: Content }>;
};
type Raw = {
  info: { title: string; version: string; description?: string };
  servers?: { url: string }[];
  tags?: { name: string; description?: string }[];
  paths?: Record<string, Record<string, RawOperation>>;
  webhooks?: Record<string, Record<string, RawOperation>>;
  components?: { schemas?: Record<string, Schema> };
};

/** The document in the order in which it is read. */
export function referenceOf(document: ApiDocument): Reference {
  // Our generator puts references into schemas alone; the library's type allows them everywhere.
  const raw = document as unknown as Raw;
  const schemas = raw.components?.schemas ?? {};
  const operations = operationsOf(raw.paths ?? {});
  const known = (raw.tags ?? []).map(({ name, description = '' }) => ({ name, description }));
  const others = [...new Set(operations.map(({ tag }) => tag))]
    .filter((tag) => !known.some(({ name }) => name === tag))
    .map((name) => ({ name, description: '' }));
  return {
    title: raw.info.title,
    version: raw.info.version,
    introduction: (raw.info.description ?? '').split('\n\n'),
    server: raw.servers?.[0]?.url ?? '',
    groups: [...known, ...others]
      .map((tag) => ({ ...tag, operations: operations.filter((one) => one.tag === tag.name) }))
      .filter((group) => group.operations.length > 0),
    webhooks: operationsOf(raw.webhooks ?? {}),
    resolve: (schema) => (schema.$ref ? (schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema),
  };
}

function operationsOf(paths: Record<string, Record<string, RawOperation>>): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]) => ({
      id: raw.operationId ?? `${method} ${path}`,
      method: method.toUpperCase(),
      path,
      tag: raw.tags?.[0] ?? 'Other',
      summary: raw.summary ?? '',
      description: raw.description ?? '',
      caller: callerOf(raw.security ?? []),
      parameters: raw.parameters ?? [],
      body: bodyOf(raw),
      answers: Object.entries(raw.responses).map(([status, answer]) => answerOf(status, answer)),
    })),
  );
}

function callerOf(security: Record<string, string[]>[]): Caller {
  const by = (name: string) => security.find((one) => name in one)?.[name];
  if (by('client')) return { by: 'client' };
  if (by('registration')) return { by: 'registration' };
  const scopes = by('token');
  if (!scopes) return { by: 'anybody' };
  return { by: by('staffSession') ? 'staff' : 'token', scopes };
}

function bodyOf({ requestBody }: RawOperation): Operation['body'] {
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  return type && content ? { type, schema: content.schema } : null;
}

function answerOf(status: string, answer: { description: string; content?: Content }): Answer {
  const [type, content] = Object.entries(answer.content ?? {})[0] ?? [];
  return {
    status,
    description: answer.description,
    schema: content?.schema ?? null,
    error: /^[45]/.test(status) ? (type === 'application/problem+json' ? 'problem' : 'oauth') : null,
  };
}
