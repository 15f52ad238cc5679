import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTokenAnswer } from '../../src/connections/token-answer.ts';
import { connector } from '../../connectors/hubspot/index.ts';
import { asked, hubSpotAccount } from './hubspot-account.ts';

let account = hubSpotAccount();
beforeEach(() => {
  account = hubSpotAccount();
  account.server.listen();
});
afterEach(() => account.server.close());

/** The admin said no to the one optional scope. */
function withoutSchemas() {
  account.server.close();
  account = hubSpotAccount(asked);
  account.server.listen();
}

const id = { name: 'patchbay_rfp_id', label: 'Patchbay RFP ID', type: 'string' };
const properties = () => account.vendor.objects().filter((one) => 'name' in (one as object));

describe('the property that a deal is known by', () => {
  it('is made once, and unique', async () => {
    expect(await connector.setUp!(account.ctx())).toEqual({ ok: true, facts: { portal_id: '62515' } });
    expect(account.calls[1]).toMatchObject({
      method: 'POST',
      path: '/crm/properties/2026-09/deals',
      body: {
        name: 'patchbay_rfp_id',
        type: 'string',
        fieldType: 'text',
        groupName: 'dealinformation',
        hasUniqueValue: true,
      },
    });
    account.calls.length = 0;
    expect(await connector.setUp!(account.ctx())).toMatchObject({ ok: true });
    expect(account.calls.map(({ method }) => method)).toEqual(['GET']);
    expect(properties()).toHaveLength(1);
  });

  it('is found where somebody made it at the same moment', async () => {
    account.fault(Response.json({ category: 'OBJECT_NOT_FOUND' }, { status: 404 }));
    account.vendor.addProperty({ ...id, hasUniqueValue: true });
    expect(await connector.setUp!(account.ctx())).toMatchObject({ ok: true });
    expect(properties()).toHaveLength(1);
  });

  it('without the scope: what an admin made by hand will do', async () => {
    withoutSchemas();
    account.vendor.addProperty({ ...id, hasUniqueValue: true });
    expect(await connector.setUp!(account.ctx())).toMatchObject({ ok: true });
  });

  it('without the scope and the property: says exactly what the admin does', async () => {
    withoutSchemas();
    expect(await connector.setUp!(account.ctx())).toEqual({
      ok: false,
      kind: 'permanent',
      code: 'missing_property',
      fix: 'An admin of HubSpot makes one deal property at https://app.hubspot.com/property-settings/62515/properties?type=0-3: label “Patchbay RFP ID”, internal name patchbay_rfp_id, type “Single-line text”, and the rule “Require unique values for this property”. Or connect again as an admin and allow crm.schemas.deals.write: then it is made for you.',
    });
  });

  it('one that does not hold values apart is not used: it would make two deals of one RFP', async () => {
    account.vendor.addProperty({ ...id, hasUniqueValue: false });
    expect(await connector.setUp!(account.ctx())).toMatchObject({
      kind: 'permanent',
      code: 'property_not_unique',
      fix: expect.stringContaining('delete it at https://app.hubspot.com/property-settings/62515'),
    });
  });

  it('a HubSpot that is down is asked again, and nothing is made', async () => {
    account.fault(new Response('<html>', { status: 503 }));
    expect(await connector.setUp!(account.ctx())).toMatchObject({ kind: 'transient', code: 'http_503' });
    expect(properties()).toEqual([]);
  });
});

describe('health is one reading call', () => {
  it('well', async () => {
    expect(await connector.health(account.ctx())).toEqual({
      ok: true,
      account: 'HubSpot account 62515',
      missingScopes: [],
    });
    expect(account.calls).toEqual([{ method: 'GET', path: '/crm/pipelines/2026-09/deals', body: null }]);
  });

  it('the user took a scope away', async () => {
    const health = await connector.health(
      account.ctx({ scopes: new Set(['oauth', 'crm.objects.deals.read']) }),
    );
    expect(health).toMatchObject({
      ok: false,
      missingScopes: ['crm.objects.contacts.read', 'crm.objects.contacts.write', 'crm.objects.deals.write'],
    });
  });

  it('the app was uninstalled', async () => {
    account.fault(Response.json({ category: 'INVALID_AUTHENTICATION' }, { status: 401 }));
    expect(await connector.health(account.ctx())).toMatchObject({
      ok: false,
      failure: { kind: 'auth', next: 'reconnect' },
    });
  });
});

describe('what the user chooses from', () => {
  const labels = async (field: string, options: unknown = {}) => {
    const listed = await connector.choices!(field, account.ctx({ options: options as never }));
    if (!listed.ok) throw new Error(listed.code);
    return listed.choices.map(({ id: value, label }) => `${value}: ${label}`);
  };

  it('pipelines, by HubSpot’s own names', async () => {
    expect(await labels('pipeline')).toEqual(['default: Sales Pipeline', '88110: Studios']);
  });

  it('stages: of every pipeline, then of the chosen one', async () => {
    expect(await labels('stage_open')).toContain('991: Studios · Talking');
    expect(await labels('stage_awarded', { pipeline: 'default' })).toEqual([
      'appointmentscheduled: Appointment scheduled',
      'contractsent: Contract sent',
      'closedwon: Closed won',
      'closedlost: Closed lost',
    ]);
  });

  it('properties that may be filled, and none that HubSpot computes or we set', async () => {
    await connector.setUp!(account.ctx());
    expect(await labels('fields')).toEqual([
      'dealname: Deal name',
      'amount: Amount',
      'closedate: Close date',
      'description: Deal description',
    ]);
  });

  it('a HubSpot that is down gives none, and says so', async () => {
    account.fault(new Response('<html>down</html>', { status: 200 }));
    expect(await connector.choices!('pipeline', account.ctx())).toMatchObject({
      ok: false,
      code: 'unreadable_answer',
    });
  });
});

describe('whose account it is, and what was granted', () => {
  it('the token answer tells', () => {
    expect(connector.connected!({ hub_id: 62515, token_type: 'bearer' })).toEqual({
      account: { id: '62515', label: 'HubSpot account 62515' },
      facts: { portal_id: '62515' },
    });
  });

  it('the scopes that were granted are HubSpot’s list, not what was asked for', () => {
    const { auth } = connector.manifest;
    if (auth.type !== 'oauth2') throw new Error('it is');
    const body = {
      access_token: 'fake',
      refresh_token: 'fake',
      expires_in: 1800,
      hub_id: 62515,
      scopes: asked,
    };
    const answer = readTokenAnswer(auth, 200, JSON.stringify(body), new Date(0));
    expect(answer).toMatchObject({ ok: true, issued: { scopes: asked, expiresAt: new Date(1_800_000) } });
  });

  it('an older answer does not', () => {
    expect(connector.connected!({})).toEqual({ account: { id: '', label: 'HubSpot' }, facts: {} });
  });
});
