import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestEdge, type TestEdge } from '../harness/edge.ts';

/** What lies beside the Worker, as a browser and a program get it. */
describe('the files beside a Worker', { timeout: 120_000 }, () => {
  const state = {} as { edge: TestEdge };
  beforeAll(async () => {
    state.edge = await startTestEdge();
  }, 120_000);
  afterAll(() => state.edge.stop());

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(state.edge.origin + path, { headers, redirect: 'manual' });

  test('pages name files that are there, are kept for ever, and are what they say', async () => {
    const page = await (await get('/portal/sign-in')).text();
    const files = [...page.matchAll(/(?:href|src)="(\/ui\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(files.length).toBeGreaterThan(2);
    const types = {
      css: 'text/css; charset=utf-8',
      js: 'text/javascript; charset=utf-8',
      svg: 'image/svg+xml',
    };
    for (const path of files) {
      const answer = await get(path);
      expect(answer.status, path).toBe(200);
      expect(answer.headers.get('content-type')).toBe(types[path.split('.').at(-1) as keyof typeof types]);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect((await answer.text()).length).toBeGreaterThan(100);
    }
    expect((await get('/ui/style-000000000000.css')).status).toBe(404);
  });

  test('the reference has the address of this hub in it, and none that nobody has', async () => {
    const { origin } = state.edge;
    const answer = await get('/openapi.json');
    const document = (await answer.json()) as { servers: { url: string }[]; paths: object };
    expect(document.servers).toEqual([{ url: origin }]);
    expect(Object.keys(document.paths).length).toBeGreaterThan(30);
    const etag = answer.headers.get('etag') ?? '';
    expect((await get('/openapi.json', { 'if-none-match': etag })).status).toBe(304);
    const page = await get('/docs');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).toContain(`<code>${origin}</code>`);
    expect(html + JSON.stringify(document)).not.toContain('hub.invalid');
    for (const [, path] of html.matchAll(/(?:href|src)="(\/docs\/[^"]+)"/g))
      expect((await get(path ?? '')).status, path).toBe(200);
  });

  test('a preflight is answered without a token, as on every host', async () => {
    const answer = await fetch(`${state.edge.origin}/v1/me`, {
      method: 'OPTIONS',
      headers: { origin: 'https://page.example', 'access-control-request-method': 'GET' },
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  });

  test('what only the Worker reads is served to nobody', async () => {
    for (const path of ['/reference/openapi.json', '/reference/docs.html', '/_headers', '/docs.html'])
      expect((await get(path)).status, path).toBe(404);
  });
});
