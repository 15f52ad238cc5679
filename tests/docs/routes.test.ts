import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { pages, read } from './read-docs.ts';

const { paths } = parse(read('openapi/patchbay.yaml')) as { paths: Record<string, Record<string, unknown>> };
const routes = new Set(
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '*')}`),
  ),
);

/** `GET /v1/events/{id}` in words, `hub POST /v1/events` in an example; what is cut short by … is not judged. */
const called = /\b(GET|POST|PUT|PATCH|DELETE) {1,3}'?(\/(?:v1|oauth|admin\/v1)[\w/{}$.,-]*)(…)?/g;
/** A name in braces, a shell's variable and an id of ours all stand for one part of a path. */
const onePart = /\{\w+\}|\$\w+|\b[a-z]{3}_[\w-]+/g;

const wrongWith = (page: string): string[] =>
  [...read(page).matchAll(called)].flatMap(([whole, method = '', path = '', cut]) => {
    const route = `${method} ${path.replaceAll(onePart, '*').replace(/[.,]+$/, '')}`;
    return cut !== undefined || /[{}$]/.test(route) || routes.has(route) ? [] : [whole];
  });

test.each(pages)('every route of the API that %s names is one that there is', (page) => {
  expect(wrongWith(page)).toEqual([]);
});

test('the pages name many, and a wrong one is found', () => {
  expect(pages.flatMap((page) => [...read(page).matchAll(called)]).length).toBeGreaterThan(100);
  expect(routes.has('GET /v1/events/*')).toBe(true);
  expect(routes.has('GET /v1/event/*')).toBe(false);
});
