import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Op, Outcome } from '#kit';
import { contentHash } from '../../connectors/dropbox/content-hash.ts';
import { deliver, reconcile } from '../../connectors/dropbox/deliver.ts';
import { connector } from '../../connectors/dropbox/index.ts';
import { type Kind, plan } from '../../connectors/dropbox/plan.ts';
import { dropbox, type Dropbox } from '../../connectors/dropbox/stand-in.ts';
import { accepted, archiveVendor, Died, manyFiles, tested } from './archive-vendor.ts';
import { complaintsOf } from './stone.ts';

const small = { singleRequestBytes: 1_000, partBytes: 4_000 };
const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
/** By node:crypto alone, block by block. */
const hashOfBlocks = (text: string): string => {
  const bytes = Buffer.from(text);
  const blocks = [];
  for (let at = 0; at < bytes.length; at += 4_194_304)
    blocks.push(
      createHash('sha256')
        .update(bytes.subarray(at, at + 4_194_304))
        .digest(),
    );
  return sha256(Buffer.concat(blocks));
};

describe('dropbox', () => {
  const state = {} as { vendor: Dropbox } & ReturnType<typeof archiveVendor>;
  beforeEach(() => {
    const vendor = dropbox(new Set(connector.manifest.tiers[0]!.scopes));
    Object.assign(state, { vendor }, archiveVendor(vendor.answer));
    state.server.listen();
  });
  afterEach(async () => {
    state.server.close();
    const complaints = await Promise.all(state.requests.map(complaintsOf));
    if (complaints.flat().length > 0) throw new Error(complaints.flat().join('\n'));
  });
  const objects = () => state.vendor.objects() as { path: string; text: string }[];
  const opOf = (over: Record<string, unknown> = {}): Op<Kind> => plan(accepted(over))[0]!;
  const large = () => opOf({ manifest: manyFiles });
  const paths = () => state.requests.map(({ url }) => new URL(url).pathname.replace('/2/files/', ''));
  /** As the hub does it: a try, and after silence the question first. */
  async function carry(op: Op<Kind>, sizes = small): Promise<Outcome> {
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

  test('an accepted manifest stands at the path of its own hash, and both hashes are its receipt [S2-20] [S2-33] [S1-24]', async () => {
    const op = opOf();
    const outcome = await deliver(op, state.ctx);
    const [{ path, text }] = objects() as [{ path: string; text: string }];
    expect(path).toBe(`/deliverables/${String(accepted().data['deliverable_id'])}/${sha256(text)}.json`);
    expect(outcome).toMatchObject({
      ok: true,
      applied: 'created',
      ref: { id: 'id:1', hash: `sha256:${sha256(text)} dropbox:${hashOfBlocks(text)}` },
    });
    expect(JSON.parse(text)).toEqual((op.body as { document: unknown }).document);
  });

  test('identical content writes nothing twice; a newer event of the same revision is another file', async () => {
    const op = opOf();
    const first = await deliver(op, state.ctx);
    state.kept.refs.set(op.key, (first as { ref: { id: string } }).ref);
    expect(await deliver(op, state.ctx)).toMatchObject({ ok: true, applied: 'unchanged' });
    expect(objects()).toHaveLength(1);
    const corrected = opOf({ accepted_by: 'deadline' });
    expect(corrected.key).toBe(op.key);
    expect(await deliver(corrected, state.ctx)).toMatchObject({ ok: true, applied: 'created' });
    expect(objects()).toHaveLength(2);
  });

  test('other content at the path is a loud and final failure, and is left as it is', async () => {
    const op = opOf();
    await deliver(op, state.ctx);
    const [{ path }] = objects() as [{ path: string; text: string }];
    state.vendor.write(path, '{"tampered":true}');
    expect(await deliver(op, state.ctx)).toMatchObject({ kind: 'permanent', code: 'path_conflict' });
    expect(await reconcile(op, state.ctx)).toMatchObject({ kind: 'permanent', code: 'hash_mismatch' });
    expect(objects()).toEqual([{ path, text: '{"tampered":true}' }]);
  });

  test.each(['lost after', 'lost before'] as const)(
    'an answer that is %s leaves exactly one file',
    async (fault) => {
      state.faults.set(0, fault);
      expect(await carry(opOf(), { ...small, singleRequestBytes: 100_000 })).toMatchObject({ ok: true });
      expect(objects()).toHaveLength(1);
      expect(paths()).toEqual(
        fault === 'lost after' ? ['upload', 'get_metadata'] : ['upload', 'get_metadata', 'upload'],
      );
    },
  );

  test('what is larger than one request goes in parts, each with its own checksum', async () => {
    const outcome = await deliver(large(), state.ctx, small);
    const [{ text }] = objects() as [{ path: string; text: string }];
    expect(outcome).toMatchObject({
      ok: true,
      ref: { hash: `sha256:${sha256(text)} dropbox:${hashOfBlocks(text)}` },
    });
    const parts = Math.ceil(text.length / small.partBytes);
    expect(parts).toBeGreaterThan(3);
    expect(paths()).toEqual([
      'upload_session/start',
      ...Array.from({ length: parts }, () => 'upload_session/append_v2'),
      'upload_session/finish',
    ]);
    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect((JSON.parse(text) as { manifest: unknown }).manifest).toEqual(manyFiles);
  });

  test('a process that dies before any call is gone on from where it stood: no byte is sent twice', async () => {
    await deliver(large(), state.ctx, small);
    const [calls, expected] = [state.requests.length, objects()];
    for (let call = 1; call < calls; call += 1) {
      state.requests.length = 0;
      state.kept.note = undefined;
      const vendor = dropbox(new Set(connector.manifest.tiers[0]!.scopes));
      const again = archiveVendor(vendor.answer);
      state.server.close();
      Object.assign(state, { vendor }, again);
      state.server.listen();
      state.faults.set(call, 'died');
      expect(await carry(large())).toMatchObject({ ok: true });
      expect(objects()).toEqual(expected);
      const sent = await Promise.all(state.requests.map((request) => request.clone().text()));
      const uploaded = sent.filter((_, index) => paths()[index] === 'upload_session/append_v2').join('');
      expect(uploaded).toBe(expected[0]!.text);
    }
  });

  test('where the answer to a part was lost, Dropbox says where it stands', async () => {
    state.faults.set(2, 'lost after');
    expect(await carry(large())).toMatchObject({ ok: true });
    expect(objects()).toHaveLength(1);
    expect(paths().filter((path) => path === 'upload_session/start')).toHaveLength(1);
  });

  test('a session that is over is begun anew', async () => {
    state.faults.set(3, 'died');
    await expect(deliver(large(), state.ctx, small)).rejects.toThrow(Died);
    state.vendor.endSession('session-1');
    expect(await deliver(large(), state.ctx, small)).toMatchObject({ kind: 'transient', code: 'not_found' });
    expect(await deliver(large(), state.ctx, small)).toMatchObject({ ok: true, applied: 'created' });
    expect(objects()).toHaveLength(1);
  });

  test('where a session stands is of no use for other content', async () => {
    state.faults.set(3, 'died');
    await expect(deliver(large(), state.ctx, small)).rejects.toThrow(Died);
    const other = opOf({ manifest: manyFiles, accepted_by: 'deadline' });
    expect(await deliver(other, state.ctx, small)).toMatchObject({ ok: true });
    expect(objects()).toHaveLength(1);
    expect(JSON.parse(objects()[0]!.text)).toMatchObject({ accepted_by: 'deadline' });
  });

  test('an offset that Dropbox corrects in `finish` is taken too', async () => {
    const calls = 1 + Math.ceil((await textOf(large())).length / small.partBytes);
    const error = {
      '.tag': 'lookup_failed',
      lookup_failed: { '.tag': 'incorrect_offset', correct_offset: 4_000 },
    };
    state.faults.set(calls, Response.json({ error_summary: '', error }, { status: 409 }));
    expect(await deliver(large(), state.ctx, small)).toMatchObject({
      kind: 'transient',
      code: 'incorrect_offset',
    });
    expect(state.kept.note).toMatchObject({ offset: 4_000 });
  });

  test('a test is one file, however often; taken back it is gone, unless somebody has written into it', async () => {
    const [op] = plan(tested()) as [Op<Kind>];
    const made = (await carry(op)) as Extract<Outcome, { ok: true }>;
    expect(objects()).toMatchObject([{ path: '/Test from Patchbay.json' }]);
    state.kept.refs.set(op.key, made.ref!);
    expect(await carry(plan(tested(2))[0]!)).toMatchObject({ applied: 'unchanged', ref: made.ref });
    const undo = connector.undo!({ key: op.key, seq: 1, ref: made.ref! }, {}) as Op<Kind>;
    for (const fault of ['lost after', 'lost before'] as const) {
      state.faults.set(state.requests.length, fault);
      expect(await carry(undo)).toEqual({ ok: true, applied: 'deleted' });
      expect(objects()).toEqual([]);
    }
    const again = (await carry(op)) as Extract<Outcome, { ok: true }>;
    expect(again.applied).toBe('created');
    const later = { ...undo, body: { path: again.ref!.id, rev: '0999' } };
    expect(await deliver(later, state.ctx)).toMatchObject({ kind: 'permanent', code: 'changed_since' });
    expect(objects()).toHaveLength(1);
  });

  test('an archived manifest is not taken back, and the user is told where it is', () => {
    const undo = connector.undo!({ key: 'manifest:dlb_1:1', seq: 1, ref: { id: 'id:1' } }, {});
    expect(undo).toEqual({ manual: expect.stringContaining('under Apps in your Dropbox') as string });
  });
});

async function textOf(op: Op<Kind>): Promise<string> {
  const { fileOf } = await import('../../connectors/dropbox/file.ts');
  return (await fileOf(op)).text;
}

test.each([0, 1, 4_194_303, 4_194_304, 4_194_305, 9_000_000])(
  'the checksum of %i bytes is Dropbox’s: the hash of the hashes of its blocks',
  async (length) => {
    const text = 'x'.repeat(length);
    expect(await contentHash(text)).toBe(hashOfBlocks(text));
  },
);
