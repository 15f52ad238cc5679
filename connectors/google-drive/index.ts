/** Accepted manifests as files in a folder of our own in Google Drive: README.md. */
import { defineConnector } from '#kit';
import * as z from 'zod';
import { deliver, reconcile } from './deliver.ts';
import { ask, driveUrl, withQuery } from './ask.ts';
import { objectIn } from './errors.ts';
import { setUp } from './folder.ts';
import { type Kind, plan, type RemovalBody } from './plan.ts';

const options = z.strictObject({});
const scope = 'https://www.googleapis.com/auth/drive.file';

export const connector = defineConnector<z.output<typeof options>, Kind>({
  manifest: {
    id: 'google-drive',
    name: 'Google Drive',
    summary: 'Keeps the manifest of every accepted deliverable as a file that nobody can quietly change.',
    version: '1.1.0',
    vendorApi: { name: 'Google Drive API v3' },
    auth: {
      type: 'oauth2',
      authorizeUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
      tokenUrl: 'https://oauth2.googleapis.com/token',
      pkce: true,
      clientAuth: 'body',
      scopeSeparator: ' ',
      // Without the consent page Google gives no refresh token to somebody who was here before.
      params: { access_type: 'offline', prompt: 'consent' },
      refresh: { rotates: false },
      revoke: { url: 'https://oauth2.googleapis.com/revoke', credential: 'form' },
    },
    tiers: [
      {
        id: 'own-files',
        name: 'Files of its own',
        summary: 'Makes a folder “Patchbay deliverables” and sees nothing else of your Drive.',
        scopes: [scope],
      },
    ],
    scopes: {
      [scope]: {
        why: 'Makes the folder, adds the manifests and a test file, and reads the checksums of those files alone.',
        kinds: ['archive', 'test', 'removal', 'set-up', 'health'],
      },
    },
    hosts: ['www.googleapis.com'],
    consumes: ['deliverable.accepted', 'integration.test'],
    test: 'a test file in your Drive, in the folder “Patchbay deliverables”',
    options,
    form: [],
    limits: [
      // 12,000 a minute for a project (Drive's usage limits). Three writes a second for an account, and one call in four is one.
      { per: 'app', tokens: 10_000, windowMs: 60_000 },
      { per: 'connection', tokens: 12, windowMs: 1_000 },
    ],
    idempotency: { archive: 'client-id', test: 'client-id', removal: 'client-id' },
    recall:
      'A test file goes into Drive’s bin. Manifests do not: an archived one is evidence. You can delete it in Drive.',
  },
  connected: () => ({ account: { id: '', label: 'Google Drive' }, facts: {} }),
  setUp,
  plan,
  deliver: (op, ctx) => deliver(op, ctx),
  reconcile,
  undo: ({ key, seq, ref }) =>
    key.startsWith('test:')
      ? { key, seq, kind: 'removal', body: { id: ref.id } satisfies RemovalBody }
      : {
          manual: `An archived manifest is evidence of what was accepted, so Patchbay does not delete it. You can, in Drive: ${ref.url ?? 'it is in the folder “Patchbay deliverables”'}.`,
        },
  async health(ctx) {
    const answer = await ask(
      ctx,
      withQuery(`${driveUrl}/about`, { fields: 'user(displayName,emailAddress,permissionId)' }),
    );
    if (!answer.ok) return { ok: false, failure: answer.failed };
    const user = objectIn(answer.body['user']);
    const name = user?.['emailAddress'] ?? user?.['displayName'];
    const id = user?.['permissionId'];
    return {
      ok: true,
      ...(typeof name === 'string' ? { account: name } : {}),
      ...(typeof id === 'string' ? { accountId: id } : {}),
    };
  },
});
