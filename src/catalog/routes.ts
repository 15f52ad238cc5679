import * as z from 'zod';
import { PatchbayError } from '#src/errors';
import { conditional, type Door, mount, notModified, pageOf } from '#src/wire';
import { describeType, jsonSchema, type TypeDescription } from './describe.ts';
import { typeNames } from './event-types.ts';

const facts = {
  type: z.string(),
  description: z.string(),
  stream: z.string(),
  scope: z.string().describe('Without it the type does not exist for a caller.'),
  critical: z.boolean(),
  system: z.boolean().describe('About the hub itself; nobody can publish it.'),
  off_by_default: z.boolean().describe('Wildcards skip it: ask for it by its name.'),
  entity: z.enum(['booking', 'rfp', 'deliverable', 'review']).nullable(),
  latest_version: z.int(),
};
const shownType = z.strictObject({
  ...facts,
  versions: z.array(z.strictObject({ version: z.int(), supported: z.boolean() })),
});
const fullType = z.strictObject({
  ...facts,
  versions: z.array(
    z.strictObject({
      version: z.int(),
      supported: z.boolean(),
      schema: z.record(z.string(), z.unknown()).describe('JSON Schema 2020-12 of `data`.'),
      sample: z.record(z.string(), z.unknown()).describe('Realistic `data`, with every scope.'),
    }),
  ),
});

export function catalogRoutes(door: Door): void {
  mount(
    door,
    {
      method: 'get',
      path: '/v1/event-types',
      id: 'listEventTypes',
      tag: 'Event types',
      summary: 'List the event types',
      description: 'All of them, on one page. Schemas and samples: ask for one type.',
      scope: null,
      answers: { 200: { description: 'Every type.', schema: pageOf(shownType) }, 304: notModified },
    },
    async ({ ctx, request }) =>
      conditional(ctx, request, {
        data: typeNames.map((type) => outlined(describeType(type))),
        next_cursor: null,
      }),
  );
  mount(
    door,
    {
      method: 'get',
      path: '/v1/event-types/{type}',
      id: 'getEventType',
      tag: 'Event types',
      summary: 'Show one event type, with schemas and samples',
      description: 'Each field of a schema names the scope that reveals it and what kind of data it is.',
      scope: null,
      params: z.strictObject({ type: z.string().max(100) }),
      answers: { 200: { description: 'The type.', schema: fullType }, 304: notModified },
    },
    async ({ ctx, request, params }) => conditional(ctx, request, describeType(params.type)),
  );
  mount(
    door,
    {
      method: 'get',
      path: '/v1/event-types/{type}/{version}',
      id: 'getEventSchema',
      tag: 'Event types',
      summary: 'Get the JSON Schema of one version',
      description: 'Where `dataschema` of a CloudEvent points.',
      scope: null,
      params: z.strictObject({ type: z.string().max(100), version: z.string().regex(/^[1-9]\d{0,2}$/) }),
      answers: {
        200: { description: 'JSON Schema 2020-12.', schema: z.record(z.string(), z.unknown()) },
        304: notModified,
      },
    },
    async ({ ctx, request, params }) => {
      const version = Number(params.version);
      const known = describeType(params.type);
      if (!known.versions.some((one) => one.version === version)) {
        throw new PatchbayError('not_found', { public: `${params.type} has no version ${version}.` });
      }
      return conditional(ctx, request, jsonSchema(params.type, version));
    },
  );
}

const outlined = ({ versions, ...rest }: TypeDescription) => ({
  ...rest,
  versions: versions.map(({ version, supported }) => ({ version, supported })),
});
