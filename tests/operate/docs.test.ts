import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, startTestHub, type TestHub } from '../harness/hub.ts';

type Json = Answer['body'];

describe('GET /docs', () => {
  let hub: TestHub;
  let page: string;
  beforeAll(async () => {
    hub = await startTestHub();
    page = await (await fetch(`${hub.origin}/docs`)).text();
  });
  afterAll(() => hub.stopAndForget());

  test('every operation of the document stands on the page, once, with an anchor that the contents lead to', async () => {
    const { body } = await hub.call('GET', '/openapi.json', null);
    const ids = Object.values<Json>(body.paths).flatMap((item) =>
      Object.values<Json>(item).map((one) => one.operationId),
    );
    for (const id of ids) {
      expect(page.split(`<article id="${id}"`), id).toHaveLength(2);
      expect(page, id).toContain(`<li data-for="${id}"><a href="#${id}">`);
    }
  });

  test('every link inside the page leads somewhere', () => {
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id ?? '');
    expect(links.length).toBeGreaterThan(100);
    for (const id of new Set(links)) expect(page, id).toContain(`id="${id}"`);
  });

  test('nothing runs that is not ours: no inline script or style, and a policy that says so', async () => {
    const answer = await fetch(`${hub.origin}/docs`);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(page).not.toMatch(/<script(?![^>]*src="\/docs\/)/);
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
    expect([...page.matchAll(/(?:src|href)="(https?:[^"]*)"/g)]).toEqual([]);
  });

  test('it weighs under 100 kB on the way, with everything', async () => {
    const sizes = await Promise.all(
      ['/docs', '/docs/reference.css', '/docs/reference.js'].map(async (path) => {
        const answer = await fetch(hub.origin + path, { headers: { 'accept-encoding': 'identity' } });
        expect(answer.status).toBe(200);
        const zipped = answer.body?.pipeThrough(new CompressionStream('gzip'));
        return (await new Response(zipped).arrayBuffer()).byteLength;
      }),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(100_000);
    const gzip = await fetch(`${hub.origin}/docs`, { headers: { 'accept-encoding': 'gzip' } });
    expect(gzip.headers.get('content-encoding')).toBe('gzip');
  });

  test('what comes from a schema is escaped', () => {
    expect(page).toContain('&quot;grant&quot; | &quot;app&quot;');
    expect(page).not.toMatch(
      /<(?!\/?(?:!doctype|html|head|meta|title|link|script|body|a|header|p|span|div|nav|label|input|kbd|details|summary|ul|li|main|section|h[123]|article|pre|code|table|thead|tbody|tr|th|td|b)\b)/i,
    );
  });
});
