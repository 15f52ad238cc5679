/**
 * Dropbox as far as the connector uses it: one app folder. It keeps bytes, refuses what Dropbox refuses (a missing scope,
 * other content at a path, bytes that are not those of `content_hash`, a part at the wrong offset), and hashes for itself.
 */
import { contentHash } from './content-hash.ts';

type Json = Record<string, unknown>;
type Kept = { id: string; rev: number; text: string };
type Session = { text: string; isClosed: boolean };

export type Dropbox = {
  answer(request: Request): Promise<Response>;
  objects(): readonly unknown[];
  /** As somebody at the folder would. */
  write(path: string, text: string): void;
  endSession(id: string): void;
};

export function dropbox(scopes: ReadonlySet<string>): Dropbox {
  const files = new Map<string, Kept>();
  const sessions = new Map<string, Session>();
  const count = { written: 0 };

  const routes: Readonly<
    Record<string, [scope: string, act: (arg: Json, text: string) => Promise<Response>]>
  > = {
    'content.dropboxapi.com/2/files/upload': ['files.content.write', (arg, text) => commit(arg, text)],
    'content.dropboxapi.com/2/files/upload_session/start': ['files.content.write', start],
    'content.dropboxapi.com/2/files/upload_session/append_v2': ['files.content.write', append],
    'content.dropboxapi.com/2/files/upload_session/finish': ['files.content.write', finish],
    'api.dropboxapi.com/2/files/delete_v2': ['files.content.write', remove],
    'api.dropboxapi.com/2/files/get_metadata': ['files.metadata.read', getMetadata],
    'api.dropboxapi.com/2/files/list_folder': ['files.metadata.read', listFolder],
  };

  return {
    objects: () => [...files].map(([path, { text }]) => ({ path, text })),
    write: (path, text) => void files.set(path, { id: 'id:by-hand', rev: 99, text }),
    endSession: (id) => void sessions.delete(id),
    async answer(request) {
      const { host, pathname } = new URL(request.url);
      if (!request.headers.get('authorization')?.startsWith('Bearer '))
        return refused(401, { '.tag': 'invalid_access_token' });
      const [scope, act] = routes[host + pathname] ?? [];
      if (request.method !== 'POST' || scope === undefined || !act)
        return new Response('Unknown API function', { status: 404 });
      if (!scopes.has(scope)) return refused(401, { '.tag': 'missing_scope', required_scope: scope });
      const text = await request.text();
      const header = request.headers.get('dropbox-api-arg');
      const arg = JSON.parse(header ?? text) as Json;
      // Of what this one call brings.
      if (typeof arg['content_hash'] === 'string' && arg['content_hash'] !== (await contentHash(text)))
        return refused(409, { '.tag': 'content_hash_mismatch' });
      return act(arg, text);
    },
  };

  async function commit({ path }: Json, text: string): Promise<Response> {
    const place = String(path);
    const there = files.get(place);
    if (there && there.text !== text)
      return refused(409, {
        '.tag': 'path',
        reason: { '.tag': 'conflict', conflict: { '.tag': 'file' } },
        upload_session_id: 'none',
      });
    const kept = there ?? { id: `id:${++count.written}`, rev: count.written, text };
    files.set(place, kept);
    return Response.json(await metadataOf(place, kept));
  }

  function start(): Promise<Response> {
    const id = `session-${sessions.size + 1}`;
    sessions.set(id, { text: '', isClosed: false });
    return Promise.resolve(Response.json({ session_id: id }));
  }

  function append({ cursor }: Json, text: string): Promise<Response> {
    const found = at(cursor);
    if ('error' in found) return Promise.resolve(refused(409, found.error));
    found.session.text += text;
    return Promise.resolve(Response.json(null));
  }

  async function finish(arg: Json, text: string): Promise<Response> {
    const found = at(arg['cursor']);
    if ('error' in found) return refused(409, { '.tag': 'lookup_failed', lookup_failed: found.error });
    const answer = await commit(arg['commit'] as Json, found.session.text + text);
    if (answer.ok) found.session.isClosed = true;
    return answer;
  }

  function at(cursor: unknown): { session: Session } | { error: Json } {
    const { session_id: id, offset } = cursor as { session_id: string; offset: number };
    const session = sessions.get(id);
    if (!session) return { error: { '.tag': 'not_found' } };
    if (session.isClosed) return { error: { '.tag': 'closed' } };
    if (offset === session.text.length) return { session };
    return { error: { '.tag': 'incorrect_offset', correct_offset: session.text.length } };
  }

  /** By its path, or by its id. */
  function found(path: unknown): [place: string, kept: Kept] | undefined {
    return [...files].find(([place, { id }]) => place === path || id === path);
  }

  async function getMetadata({ path }: Json): Promise<Response> {
    const there = found(path);
    if (!there) return refused(409, { '.tag': 'path', path: { '.tag': 'not_found' } });
    return Response.json({ '.tag': 'file', ...(await metadataOf(...there)) });
  }

  async function remove({ path, parent_rev: rev }: Json): Promise<Response> {
    const there = found(path);
    if (!there) return refused(409, { '.tag': 'path_lookup', path_lookup: { '.tag': 'not_found' } });
    if (rev !== undefined && rev !== `0${there[1].rev}`)
      return refused(409, {
        '.tag': 'path_write',
        path_write: { '.tag': 'conflict', conflict: { '.tag': 'file' } },
      });
    files.delete(there[0]);
    return Response.json({ metadata: { '.tag': 'file', ...(await metadataOf(...there)) } });
  }

  function listFolder(): Promise<Response> {
    return Promise.resolve(Response.json({ entries: [], cursor: 'cursor', has_more: files.size > 0 }));
  }
}

const metadataOf = async (path: string, { id, rev, text }: Kept): Promise<Json> => ({
  name: path.slice(path.lastIndexOf('/') + 1),
  path_lower: path.toLowerCase(),
  path_display: path,
  id,
  rev: `0${rev}`,
  size: text.length,
  is_downloadable: true,
  content_hash: await contentHash(text),
});

const refused = (status: number, error: Json): Response =>
  Response.json({ error_summary: `${String(error['.tag'])}/..`, error }, { status });
