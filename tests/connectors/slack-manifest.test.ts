import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest as AppManifest } from '@slack/web-api/dist/types/request/manifest.js';
import { describe, expect, it } from 'vitest';
import { connector } from '#connectors/slack';

const folder = join(import.meta.dirname, '../../connectors/slack');
const app = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as AppManifest;
const { manifest } = connector;

describe('Slack’s own manifest of the app', () => {
  it('asks for the scopes in use, and the difference is empty [S2-42]', () => {
    const asked = app.oauth_config!.scopes!.bot!;
    expect(new Set(asked)).toEqual(new Set(Object.keys(manifest.scopes)));
    expect(new Set(asked)).toEqual(new Set(manifest.tiers.flatMap(({ scopes }) => scopes)));
    expect(Object.keys(app.oauth_config!.scopes!)).toEqual(['bot']);
  });

  it('the tier that nobody has to choose has one scope, and none can write to people [S2-42]', () => {
    expect(manifest.tiers[0]!.scopes).toEqual(['incoming-webhook']);
    for (const never of [
      'im:write',
      'mpim:write',
      'chat:write.public',
      'chat:write.customize',
      'users:read.email',
    ])
      expect(Object.keys(manifest.scopes)).not.toContain(never);
  });

  it('hears of its end and of nothing that people write', () => {
    expect(app.settings!.event_subscriptions!.bot_events).toEqual(['app_uninstalled', 'tokens_revoked']);
    expect(app.settings!.event_subscriptions!.user_events).toBeUndefined();
    const own = ['https://hub.example.com/v1/inbound/slack'];
    expect([
      ...new Set([
        app.settings!.event_subscriptions!.request_url,
        app.settings!.interactivity!.request_url,
        app.features!.slash_commands![0]!.url,
      ]),
    ]).toEqual(own);
  });

  it('says in the connector’s README why each scope is asked for', () => {
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    for (const [scope, { why }] of Object.entries(manifest.scopes))
      expect(readme).toContain(`| \`${scope}\` | ${why} |`);
  });
});
