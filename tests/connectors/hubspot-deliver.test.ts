import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connector } from '../../connectors/hubspot/index.ts';
import { agreed, hubSpotAccount, notAgreed, rfpEvent } from './hubspot-account.ts';

let account = hubSpotAccount();
beforeEach(async () => {
  account = hubSpotAccount();
  account.server.listen();
  await connector.setUp!(account.ctx());
  account.calls.length = 0;
});
afterEach(() => account.server.close());

const story = (over: Record<string, unknown> = {}) => [
  rfpEvent('rfp.created', 1, over),
  rfpEvent('rfp.broadcast', 2, over),
  rfpEvent('rfp.quoted', 3, over),
  rfpEvent('rfp.awarded', 4, over),
  rfpEvent('rfp.closed', 5, { ...over, outcome: 'awarded' }),
];

describe('an RFP becomes a deal, and the deal moves with it [S2-25]', () => {
  it('three calls, in this order and form', async () => {
    const outcomes = await account.deliver(rfpEvent('rfp.created', 1));
    expect(outcomes).toEqual([
      {
        ok: true,
        applied: 'created',
        ref: { id: '9001', url: 'https://app.hubspot.com/contacts/62515/record/0-3/9001' },
      },
      {
        ok: true,
        applied: 'created',
        ref: { id: '9002', url: 'https://app.hubspot.com/contacts/62515/record/0-1/9002' },
      },
      { ok: true, applied: 'updated', ref: { id: '9001' } },
    ]);
    expect(account.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /crm/objects/2026-09/0-3/batch/upsert',
      'POST /crm/objects/2026-09/0-1/batch/upsert',
      'PUT /crm/objects/2026-09/0-3/9001/associations/default/0-1/9002',
    ]);
    expect(account.calls[0]!.body.inputs).toEqual([
      expect.objectContaining({
        idProperty: 'patchbay_rfp_id',
        id: 'rfp_01one',
        objectWriteTraceId: 'deal:rfp_01one#1',
      }),
    ]);
    expect(account.calls[2]!.body).toBeNull();
    expect(account.deals()).toEqual([expect.objectContaining({ contacts: ['ava.thompson@example.com'] })]);
  });

  it('its stage follows, on the one deal', async () => {
    const stages: string[] = [];
    for (const event of story()) {
      await account.deliver(event);
      stages.push(account.deals()[0]!.deal.dealstage);
    }
    expect(stages).toEqual([
      'appointmentscheduled',
      'appointmentscheduled',
      'contractsent',
      'closedwon',
      'closedwon',
    ]);
    expect(account.deals()).toHaveLength(1);
  });

  it('in whatever order its events come, once or twice, it ends the same', async () => {
    for (const event of story()) await account.deliver(event);
    const end = account.vendor.objects();
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...story(), ...story()], { minLength: 10 }), async (events) => {
        account.server.close();
        account = hubSpotAccount();
        account.server.listen();
        await connector.setUp!(account.ctx());
        for (const event of events) await account.deliver(event);
        expect(account.vendor.objects()).toEqual(end);
      }),
      { numRuns: 15 },
    );
  });

  it('who did not agree is nowhere in the account, and nothing was sent of them [S2-23]', async () => {
    for (const event of story({ buyer: notAgreed })) await account.deliver(event);
    expect(account.contacts()).toEqual([]);
    expect(account.deals()).toEqual([expect.objectContaining({ contacts: [] })]);
    expect(JSON.stringify(account.calls)).not.toMatch(/ava|7135550117/i);
  });

  it('who agrees later becomes the contact then', async () => {
    await account.deliver(rfpEvent('rfp.created', 1, { buyer: notAgreed }));
    await account.deliver(rfpEvent('rfp.quoted', 2, { buyer: agreed }));
    expect(account.deals()).toEqual([expect.objectContaining({ contacts: ['ava.thompson@example.com'] })]);
  });

  it('a contact that was there before is the same one, and keeps what we do not know', async () => {
    await account.deliver(rfpEvent('rfp.created', 1));
    await account.deliver(rfpEvent('rfp.created', 1, { rfp_id: 'rfp_02two' }));
    expect(account.contacts()).toHaveLength(1);
    expect(account.deals()).toHaveLength(2);
  });
});

describe('silence', () => {
  it.each([0, 1, 2])(
    'HubSpot commits call %i, the answer is lost: it is asked, and there is exactly one of each',
    async (lost) => {
      account.fault('lost after', lost);
      const outcomes = await account.deliver(rfpEvent('rfp.created', 1));
      expect(outcomes.every((one) => one !== 'late' && one.ok)).toBe(true);
      expect(account.deals()).toEqual([expect.objectContaining({ contacts: ['ava.thompson@example.com'] })]);
      expect(account.contacts()).toHaveLength(1);
      const changes = account.calls.filter(
        ({ method, path }) => method === 'PUT' || path.endsWith('/upsert'),
      );
      expect(changes).toHaveLength(3);
    },
  );

  it.each([0, 1, 2])('call %i never arrives: it is asked, found absent, and sent again', async (lost) => {
    account.fault('lost before', lost);
    await account.deliver(rfpEvent('rfp.created', 1));
    expect(account.deals()).toEqual([expect.objectContaining({ contacts: ['ava.thompson@example.com'] })]);
  });

  it('a move whose answer is lost is not taken for done because the deal is there', async () => {
    await account.deliver(rfpEvent('rfp.created', 1));
    account.fault('lost before');
    await account.deliver(rfpEvent('rfp.quoted', 2));
    expect(account.deals()[0]!.deal.dealstage).toBe('contractsent');
  });

  it('the question names the property that is unique', async () => {
    account.fault('lost after');
    await account.deliver(rfpEvent('rfp.created', 1));
    expect(account.calls[1]).toEqual({
      method: 'POST',
      path: '/crm/objects/2026-09/0-3/batch/read',
      body: {
        inputs: [{ id: 'rfp_01one' }],
        idProperty: 'patchbay_rfp_id',
        properties: expect.arrayContaining(['dealname', 'dealstage']),
        propertiesWithHistory: [],
      },
    });
  });
});

describe('what HubSpot refuses', () => {
  const refusal = (body: Record<string, unknown>, status = 400) =>
    Response.json({ status: 'error', ...body }, { status });

  it('a rule of an admin: the property, its words, and where it is changed', async () => {
    account.fault(
      refusal({
        category: 'VALIDATION_ERROR',
        message:
          'Property values were not valid: [{"isValid":false,"message":"Enter only letters","error":"INVALID_ALPHA","name":"dealname"}]',
        errors: [
          {
            message: 'closedate is required when dealstage is closedwon',
            context: { propertyName: ['closedate'] },
          },
        ],
      }),
    );
    const [outcome] = await account.deliver(rfpEvent('rfp.created', 1));
    expect(outcome).toEqual({
      ok: false,
      kind: 'permanent',
      code: 'validation_error',
      fix: 'HubSpot refuses this by a rule of its own. “closedate”: closedate is required when dealstage is closedwon. “dealname”: Enter only letters. Change the rule at https://app.hubspot.com/property-settings/62515/properties?type=0-3, or what the property is filled with here, and send it again.',
    });
  });

  it('what it repeats of a person is not kept', async () => {
    account.fault(
      refusal({
        category: 'VALIDATION_ERROR',
        message:
          'Property values were not valid: [{"isValid":false,"message":"Ava at ava.thompson@example.com, +17135550117 is invalid","name":"email"}]',
      }),
      1,
    );
    const outcomes = await account.deliver(rfpEvent('rfp.created', 1));
    expect(outcomes[1]).toMatchObject({
      kind: 'permanent',
      fix: expect.stringContaining('“email”: … at …, … is invalid.'),
    });
    expect(JSON.stringify(outcomes)).not.toMatch(/ava|7135550117/i);
  });

  it('a stage that the pipeline does not have is told as such', async () => {
    const [outcome] = await account.deliver(rfpEvent('rfp.created', 1), { ...options(), stage_open: '991' });
    expect(outcome).toMatchObject({
      code: 'validation_error',
      fix: expect.stringContaining('“dealstage”: 991 is not a stage.'),
    });
  });

  it.each([
    [
      'a rule',
      { category: 'VALIDATION_ERROR', message: 'no' },
      { kind: 'permanent', code: 'validation_error' },
    ],
    ['another write', { category: 'CONFLICT', message: 'no' }, { kind: 'transient', code: 'conflict' }],
    [
      'a limit',
      { category: 'RATE_LIMITS', message: 'no' },
      { kind: 'transient', code: 'rate_limit', slow: 'connection' },
    ],
    ['a scope', { category: 'MISSING_SCOPES', message: 'no' }, { kind: 'auth', next: 'reconnect' }],
    ['an error without a name', { message: 'no' }, { kind: 'transient', code: 'unreadable_item' }],
  ])('a 207 is read input by input: %s', async (_, error, expected) => {
    account.fault(
      Response.json({ status: 'COMPLETE', results: [], numErrors: 1, errors: [error] }, { status: 207 }),
    );
    expect((await account.deliver(rfpEvent('rfp.created', 1)))[0]).toMatchObject({ ok: false, ...expected });
  });

  it('a 207 with the result of this input is a success, whatever else it holds', async () => {
    const of = (trace: string, id: string) => ({ id, new: true, properties: {}, objectWriteTraceId: trace });
    account.fault(
      Response.json(
        {
          status: 'COMPLETE',
          results: [of('deal:rfp_other#1', '7'), of('deal:rfp_01one#1', '8')],
          errors: [{ category: 'CONFLICT' }],
        },
        { status: 207 },
      ),
    );
    expect((await account.deliver(rfpEvent('rfp.created', 1, { buyer: notAgreed })))[0]).toMatchObject({
      ok: true,
      ref: { id: '8' },
    });
  });

  it('a contact that is refused keeps nothing from the deal', async () => {
    account.fault(refusal({ category: 'VALIDATION_ERROR', message: 'no' }), 1);
    const outcomes = await account.deliver(rfpEvent('rfp.created', 1));
    expect(outcomes).toHaveLength(2);
    expect(account.deals()).toHaveLength(1);
  });
});

describe('taking back', () => {
  it('a withdrawn RFP moves its deal to the stage for it, and what people wrote there stays', async () => {
    await account.deliver(rfpEvent('rfp.created', 1));
    await account.deliver(rfpEvent('rfp.withdrawn', 2));
    expect(account.deals()[0]!.deal.dealstage).toBe('closedlost');
  });

  it('a recall puts the deal into the recycle bin, once and again', async () => {
    await account.deliver(rfpEvent('rfp.created', 1));
    const undo = connector.undo!(
      { key: 'deal:rfp_01one', seq: 1, ref: account.refs.get('deal:rfp_01one')!.ref! },
      {},
    );
    if ('manual' in undo) throw new Error('it can be done');
    expect(await connector.deliver(undo, account.ctx())).toEqual({ ok: true, applied: 'deleted' });
    expect(await connector.reconcile!(undo, account.ctx())).toEqual({ ok: true, applied: 'deleted' });
    expect(await connector.deliver(undo, account.ctx())).toMatchObject({ ok: true });
    expect(account.deals()).toEqual([]);
    account.fault(Response.json({ category: 'OBJECT_NOT_FOUND' }, { status: 404 }));
    expect(await connector.deliver(undo, account.ctx())).toEqual({ ok: true, applied: 'deleted' });
  });

  it('a recall that was lost is asked for: a deal that stands is absent from the bin', async () => {
    await account.deliver(rfpEvent('rfp.created', 1));
    const undo = connector.undo!({ key: 'deal:rfp_01one', seq: 1, ref: { id: '9001' } }, {});
    if ('manual' in undo) throw new Error('it can be done');
    expect(await connector.reconcile!(undo, account.ctx())).toBe('absent');
  });

  it('a contact stays, and the user is told where it is', async () => {
    await account.deliver(rfpEvent('rfp.created', 1));
    const { ref } = account.refs.get('contact:rfp_01one')!;
    expect(connector.undo!({ key: 'contact:rfp_01one', seq: 1, ref: ref! }, {})).toEqual({
      manual: expect.stringContaining('https://app.hubspot.com/contacts/62515/record/0-1/9002'),
    });
  });
});

const options = () => account.ctx().options;
