import { describe, expect, test } from 'vitest';
import { createConnectors } from '../../src/connectors.ts';
import { registry } from '../../connectors/registry.ts';

const configured = {
  PATCHBAY_CONNECTORS: 'slack, google-calendar',
  PATCHBAY_SLACK_CLIENT_ID: 'fake-id',
  PATCHBAY_SLACK_CLIENT_SECRET: 'fake-secret',
  PATCHBAY_HUBSPOT_CLIENT_ID: 'fake-id',
  PATCHBAY_HUBSPOT_CLIENT_SECRET: 'fake-secret',
};

describe('the connectors of an installation', () => {
  test('a connector that the operator has not switched on does not load [S2-01]', async () => {
    const connectors = createConnectors(configured, registry);
    expect(connectors.ids).toEqual(['slack', 'google-calendar']);
    expect((await connectors.load('slack'))?.manifest.id).toBe('slack');
    expect(await connectors.load('hubspot')).toBeNull();
    expect(connectors.app('hubspot')).toBeNull();
    expect(await connectors.load('constructor')).toBeNull();
    expect(createConnectors({}, registry).ids).toEqual([]);
  });

  test('what a vendor gave is by the connector’s name; without it there is none', () => {
    const { app } = createConnectors(configured, registry);
    expect(app('slack')).toEqual({
      clientId: 'fake-id',
      clientSecret: 'fake-secret',
      signingSecret: 'fake-secret',
    });
    expect(app('google-calendar')).toBeNull();
  });

  test('a start with a name that is none, or a stand-in elsewhere, ends with words', () => {
    expect(() => createConnectors({ PATCHBAY_CONNECTORS: 'slak' }, registry)).toThrow(/slak/);
    for (const pair of [
      'https://slack.com=https://evil.example',
      'slack.com',
      'https://slack.com=http://10.0.0.1',
    ])
      expect(() => createConnectors({ PATCHBAY_VENDOR_STAND_INS: pair }, registry), pair).toThrow(
        /this machine/,
      );
    const { originOf } = createConnectors(
      { PATCHBAY_VENDOR_STAND_INS: 'https://slack.com=http://127.0.0.1:4000' },
      registry,
    );
    expect([originOf('https://slack.com'), originOf('https://hooks.slack.com')]).toEqual([
      'http://127.0.0.1:4000',
      'https://hooks.slack.com',
    ]);
  });
});
