import * as z from 'zod';
import { readerOf } from '#src/access';
import type { EntityKind } from '#src/catalog';
import {
  afterParameter,
  conditional,
  type Door,
  limitParameter,
  mount,
  notModified,
  pageOf,
} from '#src/wire';
import { entityId, listEntities, showEntity, shownEntity } from './read.ts';

type Kind = { kind: EntityKind; path: string; one: string; many: string; scope: string };

const kinds: Kind[] = [
  { kind: 'booking', path: 'bookings', one: 'Booking', many: 'Bookings', scope: 'bookings:read' },
  { kind: 'rfp', path: 'rfps', one: 'Rfp', many: 'Rfps', scope: 'rfps:read' },
  {
    kind: 'deliverable',
    path: 'deliverables',
    one: 'Deliverable',
    many: 'Deliverables',
    scope: 'deliverables:read',
  },
  { kind: 'review', path: 'reviews', one: 'Review', many: 'Reviews', scope: 'reviews:read' },
];

/** Bookings, RFPs, deliverables and reviews as they stand: four times the same two reads. */
export function marketplaceRoutes(door: Door): void {
  for (const { kind, path, one, many, scope } of kinds) {
    const words = kind === 'rfp' ? 'RFPs' : path;
    mount(
      door,
      {
        method: 'get',
        path: `/v1/${path}`,
        id: `list${many}`,
        tag: 'Marketplace',
        summary: `List ${words} as they stand, newest id first`,
        scope,
        query: z.strictObject({ after: afterParameter, limit: limitParameter }),
        answers: { 200: { description: 'A page.', schema: pageOf(shownEntity) }, 304: notModified },
        errors: ['invalid_parameter', 'invalid_cursor', 'forbidden'],
      },
      async ({ ctx, request, query }) =>
        conditional(ctx, request, await listEntities(ctx, await readerOf(ctx), kind, query)),
    );
    mount(
      door,
      {
        method: 'get',
        path: `/v1/${path}/{id}`,
        id: `get${one}`,
        tag: 'Marketplace',
        summary: `Show one of the ${words} as it stands`,
        scope,
        params: z.strictObject({ id: z.string().regex(entityId) }),
        answers: { 200: { description: 'Its current state.', schema: shownEntity }, 304: notModified },
        errors: ['forbidden'],
      },
      async ({ ctx, request, params: { id } }) =>
        conditional(ctx, request, await showEntity(ctx, await readerOf(ctx), kind, id)),
    );
  }
}
