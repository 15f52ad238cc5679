/** The part of an OpenAPI document that bad input is made from. */
export type JsonSchema = {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  pattern?: string;
};
type Parameter = { name: string; in: 'path' | 'query' | 'header' | 'cookie'; schema?: JsonSchema };
type Entry = {
  operationId?: string;
  tags?: string[];
  parameters?: Parameter[];
  security?: Record<string, string[]>[];
  requestBody?: { required?: boolean; content?: Record<string, { schema?: JsonSchema }> };
};
export type OpenApi = {
  paths: Record<string, Record<string, Entry>>;
  components?: { schemas?: Record<string, JsonSchema> };
};

export type Operation = {
  name: string;
  method: string;
  path: string;
  /** The scopes that it names; null where it takes no token. */
  scopes: string[] | null;
  pathParameters: { name: string; pattern: string | undefined }[];
  queryParameters: string[];
  /** The schema of its JSON body; null where it has none. */
  body: JsonSchema | null;
  isBodyRequired: boolean;
};

const methods = ['get', 'post', 'put', 'patch', 'delete'];

/**
 * Every operation of the document, so that a new route is tried without anybody thinking of it. OAuth takes forms and
 * answers by RFC 6749: tests/oauth/fuzz.test.ts tries it. GitHub's reports are signed: tests/leaks.
 */
export function operationsOf(document: OpenApi): Operation[] {
  return Object.entries(document.paths).flatMap(([path, entries]) =>
    Object.entries(entries)
      .filter(([method]) => methods.includes(method))
      .filter(([, { tags }]) => !tags?.includes('OAuth') && path !== '/leak-reports/github')
      .map(([method, entry]) => {
        const parameters = entry.parameters ?? [];
        const [security] = entry.security ?? [];
        return {
          name: `${method.toUpperCase()} ${path}`,
          method: method.toUpperCase(),
          path,
          scopes: security ? Object.values(security).flat() : null,
          pathParameters: parameters
            .filter((one) => one.in === 'path')
            .map(({ name, schema }) => ({ name, pattern: schema?.pattern })),
          queryParameters: parameters.filter((one) => one.in === 'query').map(({ name }) => name),
          body: entry.requestBody?.content?.['application/json']?.schema ?? null,
          isBodyRequired: entry.requestBody?.required ?? false,
        };
      }),
  );
}
