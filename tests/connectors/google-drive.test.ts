import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Op, Outcome } from '#kit';
import { deliver, reconcile } from '../../connectors/google-drive/deliver.ts';
import { setUp } from '../../connectors/google-drive/folder.ts';
import { connector } from '../../connectors/google-drive/index.ts';
import { type Kind, plan } from '../../connectors/google-drive/plan.ts';
import { drive, type Drive } from '../../connectors/google-drive/stand-in.ts';
import { accepted, archiveVendor, Died, manyFiles, tested } from './archive-vendor.ts';
import { complaintsOf } from './google-drive-spec.ts';

const quantum = 262_144;
const large = { singleRequestBytes: 1_000, partBytes: quantum };
const folder = 'Patchbay deliverables';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
type Seen = { name: string; in: string[]; text: string | null; isTrashed: boolean };

describe('google-drive', () => {
  const state = {} as { vendor: Drive } & ReturnType<typeof archiveVendor>;
  /** A new account, connected and set up. */
  async function begin(): Promise<void> {
    const vendor = drive(new Set(connector.manifest.tiers[0]!.scopes));
    Object.assign(state, { vendor }, archiveVendor(vendor.answer));
    state.server.listen();
    const made = await setUp(state.ctx);
    expect(made).toMatchObject({ ok: true });
    state.kept.facts = (made as { facts: Record<string, unknown> }).facts;
    state.requests.length = 0;
  }
  beforeEach(begin);
  afterEach(async () => {
    state.server.close();
    const complaints = await Promise.all(state.requests.map(complaintsOf));
    if (complaints.flat().length > 0) throw new Error(complaints.flat().join('\n'));
  });
  const files = () => (state.vendor.objects() as Seen[]).filter(({ text }) => text !== null);
  const folders = () => (state.vendor.objects() as Seen[]).filter(({ text }) => text === null);
  const opOf = (over: Record<string, unknown> = {}): Op<Kind> => plan(accepted(over))[0]!;
  /** Of some 600 KB: three quanta. */
  const big = (): Op<Kind> =>
    opOf({
      manifest: {
        sha256: '1'.repeat(64),
        files: manyFiles.files.map((file) => ({ ...file, url: `${file.url}/${'x'.repeat(7_000)}` })),
      },
    });
  const calls = () =>
    state.requests.map(({ method, url }) => {
      const { pathname, searchParams } = new URL(url);
      return [method, pathname.replace(/^(\/upload)?\/drive\/v3\//, ''), searchParams.get('uploadType')]
        .filter(Boolean)
        .join(' ');
    });
  /** As the hub does it: a try, and after silence the question first. */
  async function carry(op: Op<Kind>, sizes?: typeof large): Promise<Outcome> {
    for (let isUnsure = false, tries = 0; tries < 9; tries += 1) {
      try {
        const outcome = isUnsure ? await reconcile(op, state.ctx) : await deliver(op, state.ctx, sizes);
        if (outcome === 'absent') isUnsure = false;
        else if (outcome.ok || outcome.kind === 'permanent') return outcome;
      } catch (error) {
        if (!(error instanceof Died)) expect(error).toMatchObject({ sent: true });
        isUnsure = true;
      }
    }
    throw new Error('not settled');
  }

  test('an accepted manifest is a file in our folder, named by its hash, and both hashes are its receipt [S2-20] [S2-33] [S1-24]', async () => {
    const op = opOf();
    const outcome = await deliver(op, state.ctx);
    const [file] = files() as [Seen];
    const hash = sha256(file.text!);
    expect(file).toMatchObject({
      name: `${String(accepted().data['deliverable_id'])}.${hash}.json`,
      in: [folder],
    });
    expect(outcome).toMatchObject({
      ok: true,
      applied: 'created',
      ref: {
        url: expect.stringContaining('https://drive.google.com/') as string,
        hash: `sha256:${hash} drive-sha256:${hash}`,
      },
    });
    expect(JSON.parse(file.text!)).toEqual((op.body as { document: unknown }).document);
    expect(calls()).toEqual([
      'GET files',
      'GET files/drive-id-1',
      'GET files/generateIds',
      'POST files multipart',
    ]);
  });

  test('identical content writes nothing twice, through another connection of the same account too', async () => {
    await deliver(opOf(), state.ctx);
    state.kept.note = undefined;
    expect(await deliver(opOf(), state.ctx)).toMatchObject({ ok: true, applied: 'unchanged' });
    expect(files()).toHaveLength(1);
    expect(calls().filter((call) => call.startsWith('POST'))).toHaveLength(1);
  });

  test('where the id is there already, what stands under it is compared', async () => {
    await deliver(opOf(), state.ctx);
    expect(await deliver(opOf(), state.ctx)).toMatchObject({ ok: true, ref: { id: 'drive-id-2' } });
    expect(calls().slice(-2)).toEqual(['POST files multipart', 'GET files/drive-id-2']);
    expect(files()).toHaveLength(1);
  });

  test('other content in the file is a loud and final failure, and is left as it is', async () => {
    await deliver(opOf(), state.ctx);
    state.vendor.overwrite(files()[0]!.name, '{"tampered":true}');
    for (const outcome of [await deliver(opOf(), state.ctx), await reconcile(opOf(), state.ctx)])
      expect(outcome).toMatchObject({ kind: 'permanent', code: 'hash_mismatch' });
    state.kept.note = undefined;
    expect(await deliver(opOf(), state.ctx)).toMatchObject({ kind: 'permanent', code: 'hash_mismatch' });
    expect(files().map(({ text }) => text)).toEqual(['{"tampered":true}']);
  });

  test.each(
    [0, 1, 2, 3].flatMap((call) => [
      { call, fault: 'lost after' } as const,
      { call, fault: 'lost before' } as const,
    ]),
  )('call $call, $fault: exactly one file', async ({ call, fault }) => {
    state.faults.set(call, fault);
    expect(await carry(opOf())).toMatchObject({ ok: true });
    expect(files()).toHaveLength(1);
    expect(folders()).toHaveLength(1);
  });

  test('what is larger than one request goes in parts of whole quanta', async () => {
    const outcome = await deliver(big(), state.ctx, large);
    const [{ text }] = files() as [Seen];
    expect(text!.length).toBeGreaterThan(2 * quantum);
    expect(outcome).toMatchObject({
      ok: true,
      ref: { hash: `sha256:${sha256(text!)} drive-sha256:${sha256(text!)}` },
    });
    expect(calls().slice(3)).toEqual([
      'POST files resumable',
      'PUT files resumable',
      'PUT files resumable',
      'PUT files resumable',
    ]);
  });

  test('a process that dies before any call is gone on from where it stood: no byte is sent twice', async () => {
    await deliver(big(), state.ctx, large);
    const [count, expected] = [calls().length, files()];
    for (let call = 1; call < count; call += 1) {
      state.server.close();
      await begin();
      state.faults.set(call, 'died');
      expect(await carry(big(), large)).toMatchObject({ ok: true });
      expect(files()).toEqual(expected);
      const sent = await Promise.all(state.requests.map((request) => request.clone().text()));
      expect(sent.filter((_, index) => calls()[index]!.startsWith('PUT')).join('')).toBe(expected[0]!.text);
      expect(calls().filter((one) => one === 'POST files resumable')).toHaveLength(1);
    }
  });

  test('where the answer to a part was lost, Drive says how far it has come', async () => {
    state.faults.set(5, 'lost after');
    expect(await carry(big(), large)).toMatchObject({ ok: true });
    expect(files()).toHaveLength(1);
    expect(state.requests.map((request) => request.headers.get('content-range'))).toContainEqual(
      expect.stringMatching(/^bytes \*\/\d+$/),
    );
  });

  test('a part of which Drive keeps less is gone on with from there', async () => {
    const half = new Response(null, { status: 308, headers: { range: `bytes=0-${quantum - 1}` } });
    state.faults.set(5, half);
    expect(await deliver(big(), state.ctx, large)).toMatchObject({ kind: 'transient', code: 'http_308' });
    expect(await deliver(big(), state.ctx, large)).toMatchObject({ ok: true });
    expect(files()).toHaveLength(1);
  });

  test('a session that is over is begun anew under the same id', async () => {
    state.faults.set(5, 'died');
    await expect(deliver(big(), state.ctx, large)).rejects.toThrow(Died);
    state.vendor.endSessions();
    expect(await deliver(big(), state.ctx, large)).toMatchObject({ kind: 'transient', code: 'session_gone' });
    expect(await deliver(big(), state.ctx, large)).toMatchObject({ ok: true, ref: { id: 'drive-id-2' } });
    expect(files()).toHaveLength(1);
  });

  test('a session is begun nowhere but at Drive', async () => {
    const elsewhere = { location: 'https://attacker.example/upload?upload_id=1' };
    state.faults.set(3, new Response(null, { status: 200, headers: elsewhere }));
    expect(await deliver(big(), state.ctx, large)).toMatchObject({
      kind: 'unknown',
      code: 'unreadable_answer',
    });
    expect(state.kept.note).not.toHaveProperty('session');
  });

  test.each(['trash', 'remove'] as const)(
    'a folder that the user has put away (%s) is made again',
    async (how) => {
      state.vendor[how](folder);
      expect(await carry(opOf())).toMatchObject({ ok: true });
      expect(files()).toMatchObject([{ in: [folder], isTrashed: false }]);
      expect(folders().filter(({ isTrashed }) => !isTrashed)).toHaveLength(1);
      // What it has learned spares the next one the search.
      state.requests.length = 0;
      state.kept.note = undefined;
      expect(await carry(opOf({ revision: 77 }))).toMatchObject({ ok: true });
      expect(calls()).toEqual([
        'GET files',
        `GET files/${String(state.kept.facts['folder_id'])}`,
        'GET files/generateIds',
        'POST files multipart',
      ]);
    },
  );

  test('a test is one file, however often; taken back it is in the bin, and the next one is there again', async () => {
    const [op] = plan(tested()) as [Op<Kind>];
    const made = (await carry(op)) as Extract<Outcome, { ok: true }>;
    expect(files()).toMatchObject([{ name: 'Test from Patchbay.json', in: [folder], isTrashed: false }]);
    expect(JSON.parse(files()[0]!.text!)).toMatchObject({ format: 'patchbay.test/1' });
    state.kept.note = undefined;
    expect(await carry(plan(tested(2))[0]!)).toMatchObject({ applied: 'unchanged', ref: made.ref });
    const undo = connector.undo!({ key: op.key, seq: 1, ref: made.ref! }, {}) as Op<Kind>;
    for (const fault of ['lost after', 'lost before'] as const) {
      state.faults.set(state.requests.length, fault);
      expect(await carry(undo)).toEqual({ ok: true, applied: 'deleted' });
    }
    expect(files()).toMatchObject([{ isTrashed: true }]);
    expect(await carry(plan(tested(3))[0]!)).toMatchObject({ applied: 'created' });
    expect(files().filter(({ isTrashed }) => !isTrashed)).toHaveLength(1);
    state.vendor.remove('Test from Patchbay.json');
    expect(await carry(undo)).toEqual({ ok: true, applied: 'deleted' });
  });

  test('a folder that goes away between two calls is made again at the next try', async () => {
    const answer = { error: { code: 404, errors: [{ reason: 'notFound' }] } };
    state.faults.set(3, Response.json(answer, { status: 404 }));
    expect(await deliver(opOf(), state.ctx)).toMatchObject({ kind: 'transient', code: 'folder_gone' });
    state.vendor.remove(folder);
    expect(await carry(opOf())).toMatchObject({ ok: true });
    expect(files()).toHaveLength(1);
  });

  test('a file that the user has deleted under a spent id is archived under another', async () => {
    const answer = { error: { code: 409, errors: [{ reason: 'fileIdInUse' }] } };
    state.faults.set(3, Response.json(answer, { status: 409 }));
    expect(await deliver(opOf(), state.ctx)).toMatchObject({ kind: 'transient', code: 'id_spent' });
    expect(await deliver(opOf(), state.ctx)).toMatchObject({ ok: true, ref: { id: 'drive-id-3' } });
  });

  test('health tells whose drive it is', async () => {
    expect(await connector.health(state.ctx)).toEqual({
      ok: true,
      account: 'luna@example.com',
      accountId: '04210816',
    });
  });

  test('an archived manifest is not taken back, and the user is told where it is', () => {
    const ref = { id: 'drive-id-2', url: 'https://drive.google.com/open?id=drive-id-2' };
    const undo = connector.undo!({ key: 'manifest:dlb_1:1', seq: 1, ref }, {});
    expect(undo).toEqual({ manual: expect.stringContaining(ref.url) as string });
  });
});
