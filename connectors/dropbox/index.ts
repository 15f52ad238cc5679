/** Accepted manifests as files in an app folder of Dropbox: README.md. */
import { defineConnector, readObject } from '#kit';
import * as z from 'zod';
import { call } from './call.ts';
import { deliver, reconcile } from './deliver.ts';
import { failureOf } from './errors.ts';
import { type Kind, plan, type RemovalBody } from './plan.ts';

const options = z.strictObject({});

export const connector = defineConnector<z.output<typeof options>, Kind>({
  manifest: {
    id: 'dropbox',
    name: 'Dropbox',
    summary: 'Keeps the manifest of every accepted deliverable as a file that nobody can quietly change.',
    version: '1.1.0',
    vendorApi: { name: 'Dropbox API v2' },
    auth: {
      type: 'oauth2',
      authorizeUrl: 'https://www.dropbox.com/oauth2/authorize',
      tokenUrl: 'https://api.dropboxapi.com/oauth2/token',
      pkce: true,
      clientAuth: 'body',
      scopeSeparator: ' ',
      params: { token_access_type: 'offline' },
      refresh: { rotates: false },
      // One call ends the refresh token and its siblings too.
      revoke: { url: 'https://api.dropboxapi.com/2/auth/token/revoke', credential: 'bearer' },
    },
    tiers: [
      {
        id: 'app-folder',
        name: 'One folder of its own',
        summary: 'Writes into a folder of its own under Apps, and sees nothing else of your Dropbox.',
        scopes: ['files.content.write', 'files.metadata.read'],
      },
    ],
    scopes: {
      'files.content.write': {
        why: 'Adds each manifest to the app’s own folder, and a test file, which it may delete again.',
        kinds: ['archive', 'test', 'removal'],
      },
      'files.metadata.read': {
        why: 'Reads the checksum that Dropbox holds, after an answer was lost, and looks whether the folder answers.',
        kinds: ['archive', 'test', 'removal', 'health'],
      },
    },
    hosts: ['api.dropboxapi.com', 'content.dropboxapi.com'],
    consumes: ['deliverable.accepted', 'integration.test'],
    test: 'a test file in the app’s folder of your Dropbox',
    options,
    form: [],
    // Dropbox names no numbers but asks for few writes at once in one folder tree; its 429 says how long to wait.
    limits: [{ per: 'connection', tokens: 8, windowMs: 1_000 }],
    idempotency: { archive: 'content-address', test: 'client-id', removal: 'precondition' },
    recall:
      'A test file is deleted. Manifests are not: an archived one is evidence. You can delete it in Dropbox.',
  },
  connected: (answer) => ({
    account: { id: typeof answer['account_id'] === 'string' ? answer['account_id'] : '', label: 'Dropbox' },
    facts: {},
  }),
  plan,
  deliver: (op, ctx) => deliver(op, ctx),
  reconcile,
  undo: ({ key, seq, ref }) =>
    key.startsWith('test:')
      ? {
          key,
          seq,
          kind: 'removal',
          body: { path: ref.id, ...(ref.version ? { rev: ref.version } : {}) } satisfies RemovalBody,
        }
      : {
          manual:
            'An archived manifest is evidence of what was accepted, so Patchbay does not delete it. You can: it is under Apps in your Dropbox, in this app’s folder, in deliverables.',
        },
  async health(ctx) {
    const response = await call(ctx, 'files/list_folder', { path: '', limit: 1 });
    const body = await readObject(response);
    return response.ok && body ? { ok: true } : { ok: false, failure: failureOf(response, body, ctx.now()) };
  },
});
