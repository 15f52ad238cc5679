import type { ErrorCode } from '#src/errors';
import { always, type ToldRoute } from '#src/wire';
import { problemAnswers } from './problems.ts';
import type { Registry } from './registry.ts';
import { withOAuth } from './security.ts';

/** What a route that takes no token may answer: its address has a cap all the same. */
const withoutToken: readonly ErrorCode[] = [
  'quota_exceeded',
  'internal',
  'store_unavailable',
  'shutting_down',
];

/** A route that `mount` serves, with the schemas that it is served by. */
export function routeEntry(registry: Registry, spec: ToldRoute): void {
  const codes = [
    ...(spec.security.length > 0 ? always : withoutToken),
    ...(spec.params ? (['not_found'] as const) : []),
    ...(spec.body
      ? (['invalid_json', 'unsupported_media_type', 'body_too_large', 'validation_failed'] as const)
      : []),
    ...(spec.errors ?? []),
  ];
  const answers = Object.entries(spec.answers).map(([status, { description, schema }]): [string, object] => [
    status,
    schema ? { description, content: { 'application/json': { schema } } } : { description },
  ]);
  registry.registerPath({
    method: spec.method,
    path: spec.path,
    operationId: spec.id,
    tags: [spec.tag],
    summary: spec.summary,
    ...(spec.description ? { description: spec.description } : {}),
    security: withOAuth(spec.security),
    ...spec.extensions,
    request: {
      ...(spec.params ? { params: spec.params } : {}),
      ...(spec.query ? { query: spec.query } : {}),
      ...(spec.body
        ? { body: { required: !spec.isBodyOptional, content: { 'application/json': { schema: spec.body } } } }
        : {}),
    },
    responses: Object.fromEntries<object>([...answers, ...problemAnswers(codes)]),
  });
}
