import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { yamlOfApi } from '../../openapi/yaml.ts';
import { createApp } from '../../src/app.ts';
import { describeApi } from '../../src/describe.ts';
import { errorCodes } from '../../src/errors/index.ts';
import { hubVersion } from '../../src/operate/index.ts';
import { type Answer, startTestHub, type TestHub } from '../harness/hub.ts';

type Json = Answer['body'];
const document: Json = describeApi('https://patchbay.example');
const methods = ['get', 'post', 'put', 'patch', 'delete'];
const operations: { name: string; path: string; method: string; is: Json }[] = Object.entries<Json>(
  document.paths,
).flatMap(([path, item]) =>
  Object.entries<Json>(item).map(([method, is]) => ({ name: `${method} ${path}`, path, method, is })),
);

const takesToken = ({ is }: { is: Json }): boolean => is.security.some((one: Json) => 'token' in one);

describe('the OpenAPI document', () => {
  test('openapi/patchbay.yaml is what the routes say now; node openapi/write.ts writes it', () => {
    const written = readFileSync(new URL('../../openapi/patchbay.yaml', import.meta.url), 'utf8');
    expect(yamlOfApi() === written, 'stale: run node openapi/write.ts').toBe(true);
  });

  test('it is OpenAPI 3.1 in the form of its parts', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Patchbay', version: hubVersion, license: { name: 'Apache-2.0' } },
      servers: [{ url: 'https://patchbay.example' }],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    });
    expect(operations.length).toBeGreaterThan(20);
    for (const { name, path, method, is } of operations) {
      expect(methods, name).toContain(method);
      expect(path, name).toMatch(/^\/[a-z0-9_\-.{}/]*$/i);
      const inPath = (is.parameters ?? []).filter((one: Json) => one.in === 'path');
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, one]) => one);
      expect(new Set(inPath.map((one: Json) => one.name)), name).toEqual(new Set(named));
      expect(
        inPath.every((one: Json) => one.required === true),
        name,
      ).toBe(true);
      for (const one of is.parameters ?? [])
        expect(one, name).toMatchObject({ name: expect.any(String), schema: expect.any(Object) });
    }
  });

  test('every operation has an id of its own, a summary, a known tag, a success and problem answers', () => {
    const ids = operations.map(({ is }) => is.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map((tag: Json) => tag.name);
    for (const { name, is } of operations) {
      expect(is.operationId, name).toMatch(/^[a-z][A-Za-z]+$/);
      expect(is.summary, name).toMatch(/\S{3}/);
      expect(tags, name).toContain(is.tags[0]);
      const statuses = Object.keys(is.responses);
      expect(
        statuses.some((status) => /^(?:2\d\d|303)$/.test(status)),
        name,
      ).toBe(true);
      const problems = statuses.filter((status) => /^[45]\d\d$/.test(status));
      expect(problems.length, name).toBeGreaterThan(0);
      // RFC 6749 §5.2: OAuth has a form of its own.
      const form = is.tags[0] === 'OAuth' ? 'application/json' : 'application/problem+json';
      for (const status of problems)
        expect(Object.keys(is.responses[status].content), `${name} ${status}`).toEqual([form]);
      for (const answer of Object.values<Json>(is.responses))
        expect(answer.description, name).toEqual(expect.any(String));
    }
  });

  test('an operation with a token tells its scope, and that it may answer 401, 403 and 500', () => {
    const open = operations.filter(({ is }) => is.security.length === 0).map(({ path }) => path);
    expect(open.sort()).toEqual([
      '/.well-known/oauth-authorization-server',
      '/.well-known/oauth-protected-resource',
      '/healthz',
      '/leak-reports',
      '/leak-reports/github',
      '/metrics',
      '/oauth/authorize',
      '/oauth/device',
      '/oauth/jwks',
      '/openapi.json',
      '/readyz',
      '/v1/inbound/{connector}',
      '/v1/inbound/{connector}/{connection}',
    ]);
    for (const { name, is } of operations.filter(takesToken)) {
      const [first, second] = is.security;
      expect(first, name).toEqual({ token: expect.any(Array) });
      if (second) expect([{ oauth: first.token }, { staffSession: [] }], name).toContainEqual(second);
      expect(Object.keys(is.responses), name).toEqual(expect.arrayContaining(['401', '403', '500']));
    }
  });

  test('what an operation asks for is a security scheme that is described', () => {
    const schemes = Object.keys(document.components.securitySchemes);
    const used = operations.flatMap(({ is }) => is.security.flatMap((one: Json) => Object.keys(one)));
    expect(new Set(used)).toEqual(new Set(schemes));
    const { flows } = document.components.securitySchemes.oauth;
    for (const { name, is } of operations)
      for (const { oauth } of is.security)
        for (const scope of oauth ?? []) expect(flows.authorizationCode.scopes, name).toHaveProperty([scope]);
    expect(flows.authorizationCode.scopes).not.toHaveProperty('events:publish');
  });

  test('every reference leads somewhere', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? '');
    expect(refs.length).toBeGreaterThan(50);
    for (const ref of new Set(refs)) {
      const found = ref
        .replace(/^#\//, '')
        .split('/')
        .reduce((at: Json, part) => at?.[part], document);
      expect(found, ref).toBeTypeOf('object');
    }
  });

  test('the error codes are the closed list', () => {
    expect(document.components.schemas.Problem.properties.code.enum.toSorted()).toEqual(
      Object.keys(errorCodes).toSorted(),
    );
    const problems = operations
      .flatMap(({ is }) => Object.values<Json>(is.responses))
      .filter(({ content }) => content?.['application/problem+json']);
    const told = problems.flatMap(({ description }) => [...description.matchAll(/`([a-z_]+)`: /g)]);
    expect(told.length).toBeGreaterThan(500);
    for (const [, code] of told) expect(Object.keys(errorCodes)).toContain(code);
  });

  test('what an endpoint receives is in it too', () => {
    const hook = document.webhooks.event.post;
    expect(hook.parameters.map((one: Json) => one.name)).toEqual([
      'webhook-id',
      'webhook-timestamp',
      'webhook-signature',
    ]);
    expect(hook.requestBody.content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/WebhookBody',
    });
  });

  test('its version is that of the package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(hubVersion).toBe(version);
  });
});

describe('the served document', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub();
  });
  afterAll(() => hub.stopAndForget());

  test('is the written one, with the address of this hub', async () => {
    const { body, headers } = await hub.call('GET', '/openapi.json', null);
    expect(body).toEqual(JSON.parse(JSON.stringify(describeApi(hub.hub.settings.publicUrl))));
    const etag = headers.get('etag') ?? '';
    expect((await hub.call('GET', '/openapi.json', null, undefined, { 'if-none-match': etag })).status).toBe(
      304,
    );
  });

  test('every route that others call is described, and the other way round', () => {
    const isForOthers = (path: string): boolean =>
      /^\/(?:v1|admin\/v1|oauth|leak-reports|\.well-known)(?:\/|$)/.test(path);
    const served = createApp(hub.hub)
      .routes.filter(({ method, path }) => method !== 'ALL' && isForOthers(path))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    const told = operations
      .filter(({ path }) => isForOthers(path))
      .map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect([...new Set(served)].sort()).toEqual(told.sort());
  });

  test('what takes a token answers 401 without one, whatever the route', async () => {
    for (const { name, method, path, is } of operations.filter(takesToken)) {
      const answer = await hub.call(
        method.toUpperCase(),
        path.replaceAll(/\{\w+\}/g, 'x'),
        null,
        is.requestBody ? {} : undefined,
      );
      expect([answer.status, answer.body.code], name).toEqual([401, 'unauthenticated']);
      expect(answer.headers.get('content-type'), name).toBe('application/problem+json');
    }
  });
});
