import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { project, sampleEvent } from '../../src/catalog/index.ts';
import { connector } from '../../connectors/hubspot/index.ts';
import { blockOf, read } from '../docs/read-docs.ts';
import { chosen, agreed, hubSpotAccount, notAgreed, rfpEvent } from './hubspot-account.ts';

const plan = (event = rfpEvent('rfp.created', 1), options = chosen) => connector.plan(event, options, {});
const dealOf = (type: string, over: Record<string, unknown> = {}, options = chosen): any =>
  plan(rfpEvent(type, 1, over), options)[0]!.body;

describe('what an RFP does in HubSpot', () => {
  it('a new one is a deal, its contact, and what ties them', () => {
    const ops = plan(
      rfpEvent('rfp.created', 3, {
        title: 'Spring lookbook',
        budget_max: { amount_cents: 120_050, currency: 'USD' },
      }),
    );
    expect(ops.map(({ key, kind, seq }) => [key, kind, seq])).toEqual([
      ['deal:rfp_01one', 'deal', 3],
      ['contact:rfp_01one', 'contact', 3],
      ['association:rfp_01one', 'association', 3],
    ]);
    expect(ops[0]!.body).toMatchObject({
      idProperty: 'patchbay_rfp_id',
      id: 'rfp_01one',
      properties: {
        dealname: 'Spring lookbook',
        amount: '1200.50',
        pipeline: 'default',
        dealstage: 'appointmentscheduled',
      },
    });
    expect(ops[1]!.body).toEqual({
      idProperty: 'email',
      id: 'ava.thompson@example.com',
      properties: { firstname: 'Ava', lastname: 'Thompson', phone: '+17135550117' },
    });
  });

  it.each([
    ['rfp.created', {}, 'appointmentscheduled'],
    ['rfp.broadcast', {}, 'appointmentscheduled'],
    ['rfp.quoted', {}, 'contractsent'],
    ['rfp.awarded', {}, 'closedwon'],
    ['rfp.withdrawn', {}, 'closedlost'],
    ['rfp.closed', { outcome: 'awarded' }, 'closedwon'],
    ['rfp.closed', { outcome: 'expired' }, 'closedlost'],
    ['rfp.closed', { outcome: 'unanswered' }, 'closedlost'],
  ])('%s %j stands at %s', (type, over, stage) => {
    expect(dealOf(type, over).properties.dealstage).toBe(stage);
  });

  it('stages that nobody chose stand with their neighbour, and chosen ones do not', () => {
    const { stage_quoted: _, ...rest } = chosen;
    expect(dealOf('rfp.quoted', {}, rest).properties.dealstage).toBe('appointmentscheduled');
    expect(dealOf('rfp.withdrawn', {}, { ...chosen, stage_withdrawn: '991' }).properties.dealstage).toBe(
      '991',
    );
  });

  it('properties are filled as they are mapped; what the event does not carry is left alone', () => {
    const fields = {
      dealname: 'external_ref',
      shoot_date: 'shoot_starts_at',
      quotes: 'quote_count',
      wanted: 'roles',
      hs_next: 'budget_min',
    } as const;
    const { properties } = dealOf(
      'rfp.created',
      {
        external_ref: 'campaign-7',
        roles: ['model', 'studio'],
        quote_count: 0,
        budget_min: undefined,
        shoot_starts_at: '2026-12-01T16:00:00Z',
      },
      { ...chosen, fields },
    );
    expect(properties).toEqual({
      dealname: 'campaign-7',
      shoot_date: '2026-12-01T16:00:00Z',
      quotes: '0',
      wanted: 'model, studio',
      pipeline: 'default',
      dealstage: 'appointmentscheduled',
    });
  });

  it('the agreed price takes the place of the budget, and no later event puts the budget back', () => {
    const price = { amount_cents: 99_900, currency: 'USD' };
    const ops = plan(
      rfpEvent('rfp.awarded', 4, {
        awarded_to: { quote_id: 'quo_1', account_id: 'acc_1', role: 'model', price },
      }),
    );
    expect(ops.slice(0, 2)).toEqual([
      expect.objectContaining({
        key: 'deal:rfp_01one',
        body: expect.objectContaining({
          properties: expect.not.objectContaining({ amount: expect.anything() }),
        }),
      }),
      {
        key: 'award:rfp_01one',
        seq: 4,
        kind: 'deal',
        body: { idProperty: 'patchbay_rfp_id', id: 'rfp_01one', properties: { amount: '999.00' } },
      },
    ]);
    expect(dealOf('rfp.closed', { outcome: 'awarded' }).properties).not.toHaveProperty('amount');
    expect(plan(rfpEvent('rfp.awarded', 4), { ...chosen, fields: {} }).map(({ key }) => key)).not.toContain(
      'award:rfp_01one',
    );
  });

  it('the older version of an RFP, with one budget, fills the same property', () => {
    const event = rfpEvent('rfp.created', 1, {
      budget_min: undefined,
      budget_max: undefined,
      budget: { amount_cents: 5_000, currency: 'USD' },
    });
    expect((plan(event)[0]!.body as any).properties.amount).toBe('50.00');
  });

  it('is of no interest: another event, or one without an RFP', () => {
    expect(plan({ ...rfpEvent('rfp.created', 1), type: 'booking.confirmed' })).toEqual([]);
    expect(plan(rfpEvent('rfp.created', 1, { rfp_id: undefined }))).toEqual([]);
  });
});

describe('only consented contacts leave', () => {
  it.each([
    ['did not agree', notAgreed],
    ['said nothing', { account_id: 'acc_1', kind: 'brand', name: 'Ava', email: 'ava@example.com' }],
    ['has no address', { account_id: 'acc_1', kind: 'brand', name: 'Ava', marketing_consent: true }],
    ['agreed with something that is not yes', { ...agreed, marketing_consent: 'true' }],
  ])('who %s is in nothing that is sent [S2-23]', (_, buyer) => {
    for (const type of connector.manifest.consumes.filter((one) => one.startsWith('rfp.'))) {
      const ops = plan(rfpEvent(type, 1, { buyer, quote: undefined }));
      expect(ops.filter(({ kind }) => kind !== 'deal')).toEqual([]);
      expect(JSON.stringify(ops)).not.toMatch(/ava|example\.com|7135550117/i);
    }
  });

  it('a test is one deal in the stage of a new RFP, without a contact', () => {
    const event = { ...rfpEvent('rfp.created', 1), type: 'integration.test', subject: 'subscriptions/sub_1' };
    expect(plan(event)).toEqual([
      {
        key: 'test:sub_1',
        seq: 1,
        kind: 'deal',
        body: {
          idProperty: 'patchbay_rfp_id',
          id: 'test:sub_1',
          properties: {
            dealname: 'Test from Patchbay (may be deleted)',
            pipeline: chosen.pipeline,
            dealstage: chosen.stage_open,
          },
        },
      },
    ]);
  });

  it('without the scope for contacts there is none in the event, whatever they agreed to [S2-23]', () => {
    const data = { ...sampleEvent('rfp.created', 2, 7), buyer: agreed };
    const seen = project(
      { type: 'rfp.created', version: 2, data },
      { scopes: new Set(['rfps:read'] as const) },
    )!;
    expect(plan({ ...rfpEvent('rfp.created', 1), data: seen }).map(({ kind }) => kind)).toEqual(['deal']);
    const whole = project(
      { type: 'rfp.created', version: 2, data },
      { scopes: new Set(['rfps:read', 'bookings.contact:read'] as const) },
    )!;
    expect(plan({ ...rfpEvent('rfp.created', 1), data: whole }).map(({ kind }) => kind)).toEqual([
      'deal',
      'contact',
      'association',
    ]);
  });

  it('no field that can be mapped holds a person', () => {
    const { fields } = connector.manifest.options.parse({
      ...chosen,
      fields: Object.fromEntries(mappable().map((field) => [`my_${field}`, field])),
    });
    const op = plan(rfpEvent('rfp.quoted', 1, { buyer: notAgreed }), { ...chosen, fields })[0];
    expect(JSON.stringify(op)).not.toMatch(/ava|example\.com\W|7135550117/i);
  });
});

const mappable = (): string[] => {
  const field = connector.manifest.form.find(({ name }) => name === 'fields');
  return field?.type === 'map' ? field.from.map(({ id }) => id) : [];
};

describe('options', () => {
  it('what is not chosen has a default: the budget, the due date and the brief; nothing comes back', () => {
    expect(chosen).toMatchObject({
      fields: { amount: 'amount', closedate: 'respond_by', description: 'brief' },
      stage_changes: false,
    });
  });

  it.each([
    ['a field that is none of an RFP', { fields: { amount: 'buyer_email' } }],
    ['a property that the connector sets', { fields: { dealstage: 'status' } }],
    ['the key', { fields: { patchbay_rfp_id: 'rfp_id' } }],
    ['a name that is none', { fields: { 'Deal Name': 'title' } }],
    ['no pipeline', { pipeline: '' }],
    ['something unknown', { owner: '17' }],
  ])('%s is refused', (_, over) => {
    expect(connector.manifest.options.safeParse({ ...chosen, ...over }).success).toBe(false);
  });
});

describe('the guide', () => {
  it('its options are read as they stand, and it lists every field that can be mapped', () => {
    const options = connector.manifest.options.parse(
      JSON.parse(blockOf('docs/guides/hubspot.md', 'options')),
    );
    expect(dealOf('rfp.created', { city: 'houston' }, options).properties).toMatchObject({
      rfp_city: 'houston',
    });
    const listed = read('docs/guides/hubspot.md').match(/^What can be filled in: (.*?)\. /m)![1]!;
    expect([...listed.matchAll(/`(\w+)`/g)].map(([, field]) => field)).toEqual(mappable());
  });
});

describe('existing RFPs, replayed', () => {
  const account = hubSpotAccount();
  beforeAll(async () => {
    account.server.listen();
    await connector.setUp!(account.ctx());
  });
  afterAll(() => account.server.close());

  it('a replay plans the same ops, and finds the same deal', async () => {
    const event = rfpEvent('rfp.created', 1);
    expect(plan(event)).toEqual(plan(structuredClone(event)));
    expect(
      plan({ ...event, id: 'evt_replayed', subscription: 'sub_2', timestamp: '2027-01-01T00:00:00Z' }),
    ).toEqual(plan(event));
    await account.deliver(event);
    account.refs.clear();
    await account.deliver(event);
    expect(account.deals()).toHaveLength(1);
    expect(account.contacts()).toHaveLength(1);
  });
});
