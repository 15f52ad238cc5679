/** Dropbox's own SDK and the connector ask the same of Dropbox: method, address, argument and bytes. */
import { Dropbox } from 'dropbox';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliver, reconcile } from '../../connectors/dropbox/deliver.ts';
import { fileOf } from '../../connectors/dropbox/file.ts';
import { connector } from '../../connectors/dropbox/index.ts';
import { plan } from '../../connectors/dropbox/plan.ts';
import { dropbox } from '../../connectors/dropbox/stand-in.ts';
import { accepted, archiveVendor, manyFiles } from './archive-vendor.ts';

const state = {} as ReturnType<typeof archiveVendor>;
const op = plan(accepted({ manifest: manyFiles }))[0]!;
const scopes = new Set(connector.manifest.tiers[0]!.scopes);

beforeEach(() => {
  Object.assign(state, archiveVendor(dropbox(scopes).answer));
  state.server.listen();
});
afterEach(() => state.server.close());

/** The same calls by the SDK, at a vendor of its own. */
async function bySdk(act: (sdk: Dropbox) => Promise<unknown>): Promise<unknown[]> {
  const seen: Request[] = [];
  const vendor = dropbox(scopes);
  const sdk = new Dropbox({
    accessToken: 'fake-token',
    fetch: (url: string, init: RequestInit) => {
      const request = new Request(url, init);
      seen.push(request.clone());
      return vendor.answer(request);
    },
  });
  await act(sdk).catch(() => {});
  return Promise.all(seen.map(wire));
}

const wire = async (request: Request) => ({
  call: `${request.method} ${request.url}`,
  type: request.headers.get('content-type'),
  argument: JSON.parse(request.headers.get('dropbox-api-arg') ?? 'null') as unknown,
  hasToken: request.headers.get('authorization') === 'Bearer fake-token',
  body: await request.text(),
});

const ours = () => Promise.all(state.requests.map(wire));

test('an upload', async () => {
  const file = await fileOf(op);
  await deliver(op, state.ctx);
  const theirs = await bySdk((sdk) =>
    sdk.filesUpload({
      path: file.path,
      mode: { '.tag': 'add' },
      autorename: false,
      mute: true,
      content_hash: file.contentHash,
      contents: file.text,
    }),
  );
  expect(await ours()).toEqual(theirs);
});

test('an upload in parts', async () => {
  const file = await fileOf(op);
  await deliver(op, state.ctx, { singleRequestBytes: 1_000, partBytes: 10_000 });
  const hashes = state.requests.map(
    (request) =>
      (JSON.parse(request.headers.get('dropbox-api-arg')!) as { content_hash: string }).content_hash,
  );
  const theirs = await bySdk(async (sdk) => {
    const { result } = await sdk.filesUploadSessionStart({ close: false, contents: '' });
    const cursor = { session_id: result.session_id, offset: 0 };
    for (let part = 1; cursor.offset < file.text.length; part += 1) {
      const contents = file.text.slice(cursor.offset, cursor.offset + 10_000);
      await sdk.filesUploadSessionAppendV2({ cursor, close: false, content_hash: hashes[part]!, contents });
      cursor.offset += contents.length;
    }
    const commit = { path: file.path, mode: { '.tag': 'add' }, autorename: false, mute: true } as const;
    await sdk.filesUploadSessionFinish({ cursor, commit, contents: '' });
  });
  expect(theirs.length).toBeGreaterThan(3);
  expect(await ours()).toEqual(theirs);
});

test('a file that is deleted, as it was written', async () => {
  const body = { path: 'id:1', rev: '0123456789' };
  await deliver({ key: 'test:sub_1', seq: 1, kind: 'removal', body }, state.ctx);
  expect(await ours()).toEqual(
    await bySdk((sdk) => sdk.filesDeleteV2({ path: body.path, parent_rev: body.rev })),
  );
});

test('the question after silence, and health', async () => {
  const file = await fileOf(op);
  await reconcile(op, state.ctx);
  await connector.health(state.ctx);
  expect(await ours()).toEqual([
    ...(await bySdk((sdk) => sdk.filesGetMetadata({ path: file.path }))),
    ...(await bySdk((sdk) => sdk.filesListFolder({ path: '', limit: 1 }))),
  ]);
});

test('its address of authorization asks for the same: a code with PKCE, and a refresh token', async () => {
  const sdk = new Dropbox({ clientId: 'fake-client' });
  // Not in the SDK's types (dropbox 10.47, src/dropbox.js).
  const { auth } = sdk as unknown as {
    auth: { getAuthenticationUrl(...given: unknown[]): Promise<string> };
  };
  const scope = [...scopes];
  const url = new URL(
    await auth.getAuthenticationUrl(
      'https://hub.example/cb',
      'state',
      'code',
      'offline',
      scope,
      'none',
      true,
    ),
  );
  const { authorizeUrl, params, scopeSeparator, pkce } = connector.manifest.auth as {
    authorizeUrl: string;
    params: Record<string, string>;
    scopeSeparator: string;
    pkce: boolean;
  };
  // The SDK's host leads on to that of the reference.
  expect(url.origin + url.pathname).toBe(authorizeUrl.replace('www.', ''));
  expect(url.searchParams.get('scope')).toBe(scope.join(scopeSeparator));
  expect(url.searchParams.get('token_access_type')).toBe(params['token_access_type']);
  expect(url.searchParams.get('code_challenge_method')).toBe(pkce ? 'S256' : null);
});
