/**
 * HubSpot's own client, which still speaks `/crm/v3`, and our connector: the same bodies, but for the version in the path.
 * HubSpot publishes no specification that may be kept here (tests/vendor-specs/SOURCES.md).
 */
import { Client } from '@hubspot/api-client';
import type { BatchInputSimplePublicObjectBatchInputUpsert } from '@hubspot/api-client/lib/codegen/crm/deals/models/BatchInputSimplePublicObjectBatchInputUpsert.js';
import type { BatchReadInputSimplePublicObjectId } from '@hubspot/api-client/lib/codegen/crm/deals/models/BatchReadInputSimplePublicObjectId.js';
import type { BatchInputSimplePublicObjectBatchInputUpsert as ContactUpsert } from '@hubspot/api-client/lib/codegen/crm/contacts/models/BatchInputSimplePublicObjectBatchInputUpsert.js';
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import type { PropertyCreate } from '@hubspot/api-client/lib/codegen/crm/properties/models/PropertyCreate.js';
import type { Upsert } from '../../connectors/hubspot/plan.ts';
import { connector } from '../../connectors/hubspot/index.ts';
import { hubSpotAccount, rfpEvent } from './hubspot-account.ts';

type Seen = { method: string; path: string; body: unknown };

describe('the same request as HubSpot’s own client', () => {
  const ours = hubSpotAccount();
  const theirs: Seen[] = [];
  const theirServer = setupServer(
    http.all('https://api.hubapi.com/*', async ({ request }) => {
      const text = await request.clone().text();
      theirs.push({
        method: request.method,
        path: new URL(request.url).pathname,
        body: text ? JSON.parse(text) : null,
      });
      const isNew = request.url.endsWith('/properties/deals');
      const at = '2026-11-21T15:00:00Z';
      const done = { status: 'COMPLETE', results: [], startedAt: at, completedAt: at };
      return Response.json(done, { status: isNew ? 201 : 200 });
    }),
  );
  const client = new Client({ accessToken: 'fake-token', numberOfApiCallRetries: 0 });

  beforeAll(async () => {
    ours.server.listen();
    await connector.setUp!(ours.ctx());
    await ours.deliver(rfpEvent('rfp.created', 1));
    await connector.reconcile!(
      connector.plan(rfpEvent('rfp.created', 1), ours.ctx().options, {})[0]!,
      ours.ctx(),
    );
    ours.server.close();
    theirServer.listen();
  });
  afterAll(() => theirServer.close());

  const sentByUs = (end: string) => {
    const call = ours.calls.find(({ method, path }) => method !== 'GET' && path.endsWith(end));
    return { ...call!, path: call!.path };
  };
  /** `/crm/v3/objects/deals/…` and `/crm/objects/2026-09/0-3/…` name the same thing. */
  const named = ({ method, path, body }: Seen) => ({
    method,
    path: path
      .replace(/^\/crm\/v\d\//, '/crm/')
      .replace('/2026-09', '')
      .replace('/0-3', '/deals')
      .replace('/0-1', '/contacts'),
    body,
  });

  it('a deal', async () => {
    const mine = sentByUs('/0-3/batch/upsert');
    await client.crm.deals.batchApi.upsert(mine.body as BatchInputSimplePublicObjectBatchInputUpsert);
    expect(named(theirs.at(-1)!)).toEqual(named(mine));
  });

  it('a contact', async () => {
    const mine = sentByUs('/0-1/batch/upsert');
    await client.crm.contacts.batchApi.upsert(mine.body as ContactUpsert);
    expect(named(theirs.at(-1)!)).toEqual(named(mine));
  });

  it('the question after silence', async () => {
    const mine = sentByUs('/0-3/batch/read');
    await client.crm.deals.batchApi.read(mine.body as BatchReadInputSimplePublicObjectId);
    expect(named(theirs.at(-1)!)).toEqual(named(mine));
  });

  it('the property', async () => {
    const mine = sentByUs('/properties/2026-09/deals');
    await client.crm.properties.coreApi.create('deals', mine.body as PropertyCreate);
    expect(named(theirs.at(-1)!)).toEqual(named(mine));
  });

  it('the tie, without a label and a body', async () => {
    const mine = ours.calls.find(({ method }) => method === 'PUT')!;
    await client.crm.associations.v4.basicApi.createDefault('0-3', '9001', '0-1', '9002');
    expect(named(theirs.at(-1)!)).toEqual({ ...named(mine), body: null });
  });

  it('what is planned is of its types', () => {
    type Input = BatchInputSimplePublicObjectBatchInputUpsert['inputs'][number];
    expectTypeOf<Upsert & { objectWriteTraceId: string }>().toExtend<Input>();
    expectTypeOf<Upsert & { objectWriteTraceId: string }>().toExtend<ContactUpsert['inputs'][number]>();
    expectTypeOf<Upsert['properties']>().toEqualTypeOf<Input['properties']>();
  });
});
