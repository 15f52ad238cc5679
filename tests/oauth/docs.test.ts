import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksOf } from '../docs/read-docs.ts';
import { type Client, type Stand, startStand } from './stand.ts';

const run = promisify(execFile);
const redirectUri = 'https://acme.example/callback';
const scopes = ['bookings:read', 'webhooks:manage'];

describe('the lines of docs/oauth.md', () => {
  const state = {} as { stand: Stand; client: Client };
  beforeAll(async () => {
    state.stand = await startStand();
    state.client = await state.stand.app({ kind: 'confidential', redirectUris: [redirectUri], scopes });
  });
  afterAll(() => state.stand.stop());

  /** The block as a shell runs it; answers what it printed, and the verifier that it may have made. */
  const shell = async (name: string, more: Record<string, string> = {}) => {
    const block = blocksOf('docs/oauth.md').find(
      ({ check, settings }) => check === 'oauth' && name in settings,
    );
    const { stdout } = await run('sh', ['-c', `${block?.text}\nprintf '\\n%s' "$VERIFIER"`], {
      env: {
        PATH: process.env['PATH'] ?? '',
        HUB: state.stand.issuer,
        CLIENT: state.client.clientId,
        SECRET: state.client.secret ?? '',
        ...more,
      },
    });
    const [body = '', verifier = ''] = stdout.split('\n');
    return { body: JSON.parse(body), verifier };
  };

  test('push, consent, redeem, call, refresh, revoke', async () => {
    const { approval, consent, me, send } = state.stand;
    const pushed = await shell('push');
    const query = new URLSearchParams({
      client_id: state.client.clientId,
      request_uri: pushed.body.request_uri,
    });
    const { location } = await send(`/oauth/authorize?${query.toString()}`);
    const back = await consent(location, approval({ scopes }));
    expect(back.searchParams.get('state')).toBe('f3a1');
    const code = back.searchParams.get('code') ?? '';
    const tokens = await shell('redeem', { CODE: code, VERIFIER: pushed.verifier });
    expect((await me(tokens.body.access_token)).status).toBe(200);
    const fresh = await shell('refresh', { REFRESH: tokens.body.refresh_token });
    expect((await me(fresh.body.access_token)).status).toBe(200);
    await shell('revoke', { REFRESH: fresh.body.refresh_token });
    expect((await me(fresh.body.access_token)).status).toBe(401);
  });

  test('a token for the app itself', async () => {
    const { body } = await shell('own');
    expect((await state.stand.me(body.access_token)).status).toBe(200);
  });
});
