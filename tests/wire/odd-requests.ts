import fc from 'fast-check';
import { encodeCursor } from '../../src/columns/index.ts';
import type { Answer } from '../harness/call.ts';
import { bodyFor } from './arbitrary-body.ts';
import type { OpenApi, Operation } from './operations.ts';

export type OddRequest = { name: string; method: string; path: string; body?: string };

/** In an address: NUL, broken UTF-8, the last code point. */
const oddTexts = ['%00', '%ED%A0%80', '%F4%8F%BF%BF'];
/** Besides, numbers beyond 53 and 64 bits, and the first and the last year. */
const oddValues = [
  ...oddTexts,
  '9007199254740993',
  '99999999999999999999',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-14:00',
];
const bodiesEach = 4;

/**
 * Of all bad input what reaches a statement, so that stores may differ over it; from the document alone, so that a new
 * route is tried, too. `pathOf` fills in ids that are there, `over` in the place of all of them.
 */
export function oddRequests(
  operations: readonly Operation[],
  document: OpenApi,
  pathOf: (operation: Operation, over?: (prefix: string) => string) => string,
): OddRequest[] {
  return operations.flatMap((operation) => {
    const { method, name, pathParameters, queryParameters } = operation;
    const body = operation.body ? '{}' : undefined;
    const at = (path: string, sent = body): OddRequest => ({
      name,
      method,
      path,
      ...(sent === undefined ? {} : { body: sent }),
    });
    const ids = pathParameters.length === 0 ? [] : oddTexts;
    const bodies = operation.body
      ? fc.sample(bodyFor(operation.body, document), { numRuns: bodiesEach, seed: 7 })
      : [];
    return [
      ...ids.flatMap((text) => [
        at(pathOf(operation, () => text)),
        at(pathOf(operation, (prefix) => `${prefix}_${text}`)),
      ]),
      ...queryParameters
        .filter((one) => one !== 'after')
        .flatMap((one) => oddValues.map((value) => at(`${pathOf(operation)}?${one}=${value}`))),
      ...bodies.map((one) => at(pathOf(operation), JSON.stringify(one) ?? 'null')),
    ];
  });
}

/** The cursor that this page gave, with each of its parts in turn made something that no page gives. */
export function oddCursors({ body }: Pick<Answer, 'body'>): string[] {
  const given: unknown = (body as { next_cursor?: unknown } | null)?.next_cursor;
  if (typeof given !== 'string') return [];
  const [, kind, ...parts] = JSON.parse(Buffer.from(given, 'base64url').toString()) as [
    number,
    string,
    ...(string | number)[],
  ];
  return parts.flatMap((part, at) =>
    (typeof part === 'number'
      ? [-1, 1.5, 1e308, Number.MAX_SAFE_INTEGER, 2 ** 63]
      : ['', '\0', '\ud800', 'é'.repeat(300)]
    ).map((odd) => encodeCursor(kind, parts.with(at, odd))),
  );
}
