import { expect, test } from 'vitest';
import * as z from 'zod';
import { describeApi } from '../../src/describe.ts';
import type { Answer } from '../harness/hub.ts';

type Json = Answer['body'];
const document: Json = JSON.parse(JSON.stringify(describeApi('https://patchbay.example')));

/** The fields that each object of OpenAPI 3.1.0 may have (spec.openapis.org/oas/v3.1.0), less what we have no use for. */
const fields = {
  document: ['openapi', 'info', 'servers', 'tags', 'components', 'paths', 'webhooks'],
  components: ['schemas', 'parameters', 'securitySchemes'],
  operation: [
    'operationId',
    'tags',
    'summary',
    'description',
    'security',
    'parameters',
    'requestBody',
    'responses',
  ],
  parameter: ['name', 'in', 'required', 'description', 'schema'],
  requestBody: ['required', 'content', 'description'],
  response: ['description', 'content', 'headers'],
  media: ['schema'],
};
type Kind = keyof typeof fields;

function requireFields(kind: Kind, is: Json, where: string): void {
  const strange = Object.keys(is).filter((name) => !fields[kind].includes(name) && !name.startsWith('x-'));
  expect(strange, `${kind} at ${where}`).toEqual([]);
}

const contentOf = (is: Json): [string, Json][] => Object.entries<Json>(is?.content ?? {});

test('every object has the fields of OpenAPI 3.1 and no others', () => {
  requireFields('document', document, '/');
  requireFields('components', document.components, '/components');
  for (const [path, item] of Object.entries<Json>({ ...document.paths, ...document.webhooks }))
    for (const [method, operation] of Object.entries<Json>(item)) {
      const where = `${method} ${path}`;
      requireFields('operation', operation, where);
      for (const one of operation.parameters ?? []) {
        requireFields('parameter', one, where);
        expect(['path', 'query', 'header'], where).toContain(one.in);
      }
      const bodies = [operation.requestBody, ...Object.values<Json>(operation.responses)].filter(Boolean);
      for (const body of bodies)
        requireFields(body === operation.requestBody ? 'requestBody' : 'response', body, where);
      for (const [type, media] of bodies.flatMap(contentOf)) {
        expect(type, where).toMatch(/^[a-z]+\/[a-z+-]+$/);
        requireFields('media', media, where);
      }
      for (const status of Object.keys(operation.responses))
        expect(status, where).toMatch(/^(?:[1-5]\d\d|default)$/);
    }
});

test('security schemes have what OpenAPI 3.1 demands of each', () => {
  const { securitySchemes } = document.components;
  for (const [name, is] of Object.entries<Json>(securitySchemes)) {
    expect(['http', 'oauth2', 'apiKey'], name).toContain(is.type);
    if (is.type === 'http') expect(['bearer', 'basic'], name).toContain(is.scheme);
    if (is.type === 'apiKey')
      expect(is, name).toMatchObject({
        in: expect.stringMatching(/^(?:cookie|header)$/),
        name: expect.any(String),
      });
  }
  const { authorizationCode, clientCredentials, ...others } = securitySchemes.oauth.flows;
  expect(authorizationCode).toEqual({
    authorizationUrl: 'https://patchbay.example/oauth/authorize',
    tokenUrl: 'https://patchbay.example/oauth/token',
    refreshUrl: 'https://patchbay.example/oauth/token',
    scopes: expect.objectContaining({ 'bookings:read': expect.any(String) }),
  });
  expect(clientCredentials.tokenUrl).toBe('https://patchbay.example/oauth/token');
  expect(Object.keys(others)).toEqual(['x-deviceAuthorization']);
});

test('every schema is one that a JSON Schema reader reads', () => {
  const schemas: [string, Json][] = Object.entries<Json>(document.components.schemas);
  for (const [path, item] of Object.entries<Json>(document.paths))
    for (const [method, operation] of Object.entries<Json>(item)) {
      const bodies = [operation.requestBody, ...Object.values<Json>(operation.responses)].filter(Boolean);
      for (const [, media] of bodies.flatMap(contentOf)) schemas.push([`${method} ${path}`, media.schema]);
      for (const one of operation.parameters ?? []) schemas.push([`${method} ${path}`, one.schema]);
    }
  for (const [where, schema] of schemas) {
    // A reader alone knows no document around it: what is referred to is laid beside it.
    const alone = JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/'));
    const defs = JSON.parse(
      JSON.stringify(document.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'),
    );
    expect(() => z.fromJSONSchema({ ...alone, $defs: defs }), where).not.toThrow();
  }
});
