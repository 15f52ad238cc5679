/** Google's own client and the connector ask the same of Drive: method, address, query, metadata and bytes. */
import { drive as client } from '@googleapis/drive';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliver, reconcile } from '../../connectors/google-drive/deliver.ts';
import { fileFields, fileOf, metadataOf } from '../../connectors/google-drive/file.ts';
import { setUp } from '../../connectors/google-drive/folder.ts';
import { connector } from '../../connectors/google-drive/index.ts';
import { plan } from '../../connectors/google-drive/plan.ts';
import { drive } from '../../connectors/google-drive/stand-in.ts';
import { accepted, archiveVendor } from './archive-vendor.ts';

const op = plan(accepted())[0]!;
const scopes = new Set(connector.manifest.tiers[0]!.scopes);
const state = {} as ReturnType<typeof archiveVendor>;
const google = client({ version: 'v3', headers: { authorization: 'Bearer fake-token' }, retry: false });

function begin(): void {
  Object.assign(state, archiveVendor(drive(scopes).answer));
  state.server.listen();
}
beforeEach(begin);
afterEach(() => state.server.close());

/** What they ask, at an account of its own. */
async function bySdk(act: () => Promise<unknown>): Promise<unknown[]> {
  state.server.close();
  begin();
  await act();
  return wires();
}

const wires = () => Promise.all(state.requests.map(wire));

async function wire(request: Request) {
  const { origin, pathname, searchParams } = new URL(request.url);
  const body = await request.clone().text();
  const type = request.headers.get('content-type') ?? '';
  return {
    call: `${request.method} ${origin}${pathname}`,
    query: Object.fromEntries(searchParams),
    hasToken: request.headers.get('authorization') === 'Bearer fake-token',
    type: request.method === 'GET' ? '' : type.toLowerCase().replace(/; ?(?:charset|boundary)=.*/, ''),
    body: type.startsWith('multipart/') ? partsOf(type, body) : body && (JSON.parse(body) as unknown),
  };
}

/** Each part's type, without its charset, and what is in it, byte by byte for the file. */
function partsOf(type: string, body: string): unknown[] {
  const boundary = /boundary=(.+)$/.exec(type)?.[1] ?? '';
  return body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part, index) => {
      const [head = '', content = ''] = part.trim().split('\r\n\r\n');
      return [head.replace(/; charset=.*/, ''), index === 0 ? (JSON.parse(content) as unknown) : content];
    });
}

test('setting up', async () => {
  await setUp(state.ctx);
  const ours = await wires();
  const { query } = ours[0]!;
  const theirs = await bySdk(async () => {
    await google.files.list({ ...query, pageSize: 1 });
    await google.files.create({
      fields: 'id,webViewLink',
      requestBody: {
        name: 'Patchbay deliverables',
        mimeType: 'application/vnd.google-apps.folder',
        appProperties: { patchbay: 'deliverables' },
      },
    });
  });
  expect(ours).toEqual(theirs);
});

test('an upload with an id given beforehand', async () => {
  const made = await setUp(state.ctx);
  state.kept.facts = (made as { facts: Record<string, unknown> }).facts;
  const before = state.requests.length;
  await deliver(op, state.ctx);
  const ours = (await wires()).slice(before);
  const file = await fileOf(op);
  const { query } = ours[0]!;
  const theirs = await bySdk(async () => {
    const { data } = await google.files.create({ requestBody: { name: 'a folder' } });
    state.requests.length = 0;
    await google.files.list({ ...query, pageSize: 1 });
    await google.files.get({ fileId: data.id!, fields: 'id,trashed' });
    const generated = await google.files.generateIds({ count: 1, space: 'drive', type: 'files' });
    await google.files.create({
      keepRevisionForever: true,
      fields: fileFields,
      requestBody: metadataOf(file, generated.data.ids![0]!, data.id!),
      media: { mimeType: 'application/json', body: file.text },
    });
  });
  expect(theirs).toHaveLength(4);
  expect(ours).toEqual(theirs);
});

test('a file that goes into the bin', async () => {
  const undo = { key: 'test:sub_1', seq: 1, kind: 'removal', body: { id: 'drive-id-9' } } as const;
  await deliver(undo, state.ctx);
  const ours = await wires();
  const theirs = await bySdk(() =>
    google.files
      .update({ fileId: 'drive-id-9', fields: 'id,trashed', requestBody: { trashed: true } })
      .catch(() => {}),
  );
  expect(ours).toEqual(theirs);
});

test('the question after silence, and health', async () => {
  state.kept.note = { sha256: (await fileOf(op)).sha256, id: 'drive-id-9', folder: 'drive-id-1' };
  expect(await reconcile(op, state.ctx)).toBe('absent');
  await connector.health(state.ctx);
  const ours = await wires();
  const theirs = await bySdk(async () => {
    await google.files.get({ fileId: 'drive-id-9', fields: fileFields }).catch(() => {});
    await google.about.get({ fields: 'user(displayName,emailAddress,permissionId)' });
  });
  expect(ours).toEqual(theirs);
});
