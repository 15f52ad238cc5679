/**
 * Google Drive as far as the connector uses it: one user, and the files of one app. It keeps bytes and hashes them for
 * itself, knows the ids that it gave out, and refuses what Drive refuses: a missing scope, an id twice, a folder that is
 * gone, a part that is not where the last one ended.
 */
import { sha256Hex } from '#kit';

type Json = Record<string, unknown>;
type Kept = { id: string; metadata: Json; text: string | null; isTrashed: boolean };
type Session = { metadata: Json; total: number; text: string };

export type Drive = {
  answer(request: Request): Promise<Response>;
  objects(): readonly unknown[];
  /** As the user would, by hand. */
  trash(name: string): void;
  remove(name: string): void;
  overwrite(name: string, text: string): void;
  endSessions(): void;
  /** Whoever signs in from now on is this one. */
  signInAs(permissionId: string): void;
};

const scope = 'https://www.googleapis.com/auth/drive.file';
const upload = 'https://www.googleapis.com/upload/drive/v3/files';

export function drive(scopes: ReadonlySet<string>): Drive {
  const files = new Map<string, Kept>();
  const sessions = new Map<string, Session>();
  const count = { ids: 0, sessions: 0 };
  const user = { id: '04210816' };
  const named = (name: string) => [...files.values()].filter(({ metadata }) => metadata['name'] === name);

  return {
    objects: () =>
      [...files.values()].map(({ metadata: { name, parents }, text, isTrashed }) => ({
        name,
        in: (parents as string[] | undefined)?.map((id) => files.get(id)?.metadata['name']) ?? [],
        text,
        isTrashed,
      })),
    trash: (name) => named(name).forEach((kept) => (kept.isTrashed = true)),
    remove: (name) => named(name).forEach(({ id }) => files.delete(id)),
    overwrite: (name, text) => named(name).forEach((kept) => (kept.text = text)),
    endSessions: () => sessions.clear(),
    signInAs: (permissionId) => void (user.id = permissionId),
    async answer(request) {
      const url = new URL(request.url);
      const text = await request.text();
      if (!request.headers.get('authorization')?.startsWith('Bearer ')) return refused(401, 'authError');
      if (!scopes.has(scope)) return refused(403, 'insufficientPermissions');
      if (url.host !== 'www.googleapis.com') return refused(404, 'notFound');
      const [, id] = /^\/drive\/v3\/files\/([\w-]+)$/.exec(url.pathname) ?? [];
      switch (`${request.method} ${url.pathname}`) {
        case 'GET /drive/v3/about':
          return Response.json({
            user: { displayName: 'Luna', emailAddress: 'luna@example.com', permissionId: user.id },
          });
        case 'GET /drive/v3/files/generateIds':
          return Response.json({
            kind: 'drive#generatedIds',
            space: 'drive',
            ids: [`drive-id-${++count.ids}`],
          });
        case 'GET /drive/v3/files':
          return list(url.searchParams.get('q') ?? '');
        case 'POST /drive/v3/files':
          return create(JSON.parse(text) as Json, null);
        case 'POST /upload/drive/v3/files':
          return url.searchParams.get('uploadType') === 'resumable'
            ? begin(request, text)
            : multipart(request, text);
        case 'PUT /upload/drive/v3/files':
          return append(request, url.searchParams.get('upload_id') ?? '', text);
        default:
          if (request.method === 'PATCH' && id !== undefined) return patch(id, JSON.parse(text) as Json);
          return request.method === 'GET' && id !== undefined ? read(id) : refused(404, 'notFound');
      }
    },
  };

  /** The marks that the connector searches by, and what is not in the bin. */
  async function list(q: string): Promise<Response> {
    const wanted = [...q.matchAll(/appProperties has \{ key='(\w+)' and value='(\w+)' \}/g)];
    const found = [...files.values()].filter(
      ({ metadata, isTrashed }) =>
        !isTrashed &&
        wanted.every(
          ([, key = '', value]) => (metadata['appProperties'] as Json | undefined)?.[key] === value,
        ) &&
        (!q.includes('mimeType=') || q.includes(`mimeType='${String(metadata['mimeType'])}'`)),
    );
    return Response.json({ files: await Promise.all(found.slice(0, 1).map(shown)) });
  }

  async function read(id: string): Promise<Response> {
    const kept = files.get(id);
    return kept ? Response.json(await shown(kept)) : refused(404, 'notFound');
  }

  async function patch(id: string, { trashed }: Json): Promise<Response> {
    const kept = files.get(id);
    if (!kept) return refused(404, 'notFound');
    kept.isTrashed = trashed === true;
    return Response.json(await shown(kept));
  }

  function multipart(request: Request, text: string): Promise<Response> {
    const boundary = /boundary=([\w-]+)/.exec(request.headers.get('content-type') ?? '')?.[1] ?? '';
    const [metadata = '', media = ''] = text
      .split(`--${boundary}`)
      .slice(1, -1)
      .map((part) => part.slice(part.indexOf('\r\n\r\n') + 4, part.lastIndexOf('\r\n')));
    return create(JSON.parse(metadata) as Json, media);
  }

  async function create(metadata: Json, text: string | null): Promise<Response> {
    const id = typeof metadata['id'] === 'string' ? metadata['id'] : `drive-id-${++count.ids}`;
    if (files.has(id)) return refused(409, 'fileIdInUse');
    const parents = (metadata['parents'] ?? []) as string[];
    if (!parents.every((parent) => files.has(parent))) return refused(404, 'notFound');
    const isTrashed = parents.some((parent) => files.get(parent)?.isTrashed === true);
    const kept: Kept = { id, metadata, text, isTrashed };
    files.set(id, kept);
    return Response.json(await shown(kept));
  }

  function begin(request: Request, text: string): Response {
    const metadata = JSON.parse(text) as Json;
    if (files.has(String(metadata['id']))) return refused(409, 'fileIdInUse');
    const id = `session-${++count.sessions}`;
    sessions.set(id, { metadata, total: Number(request.headers.get('x-upload-content-length')), text: '' });
    return new Response(null, {
      status: 200,
      headers: { location: `${upload}?uploadType=resumable&upload_id=${id}` },
    });
  }

  /** Of a part that begins elsewhere nothing is taken; of one that is no multiple of 256 KiB, Drive's whole quantum. */
  function append(request: Request, id: string, text: string): Promise<Response> | Response {
    const session = sessions.get(id);
    if (!session) return refused(404, 'notFound');
    const [, from] = /^bytes (\d+)-\d+\/\d+$/.exec(request.headers.get('content-range') ?? '') ?? [];
    if (from !== undefined && Number(from) === session.text.length) session.text += text;
    if (session.text.length >= session.total) return create(session.metadata, session.text);
    const held = session.text.length;
    return new Response(null, { status: 308, headers: held > 0 ? { range: `bytes=0-${held - 1}` } : {} });
  }
}

async function shown({ id, metadata, text, isTrashed }: Kept): Promise<Json> {
  const content =
    text === null
      ? {}
      : {
          size: String(text.length),
          sha256Checksum: await sha256Hex(text),
          headRevisionId: `revision-of-${id}`,
        };
  return {
    id,
    name: metadata['name'],
    mimeType: metadata['mimeType'],
    trashed: isTrashed,
    webViewLink: `https://drive.google.com/open?id=${id}`,
    ...content,
  };
}

const refused = (code: number, reason: string): Response =>
  Response.json(
    { error: { code, message: reason, errors: [{ domain: 'global', reason, message: reason }] } },
    { status: code },
  );
