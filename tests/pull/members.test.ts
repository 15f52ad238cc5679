import { afterEach, describe, expect, test } from 'vitest';
import { createMembers, ownerOf } from '../../src/pull/members.ts';
import { startTestHub } from '../harness/hub.ts';

describe('who serves a host', () => {
  const workers = ['wrk_a', 'wrk_b', 'wrk_c', 'wrk_d'];
  const hosts = Array.from({ length: 4_000 }, (_, i) => `hooks${i}.example.com`);
  const shares = (of: string[]) => Map.groupBy(hosts, (host) => ownerOf(host, of));

  test('is one of them, whatever order they are named in, and each has about its share', () => {
    for (const host of hosts.slice(0, 100))
      expect(ownerOf(host, workers.toReversed())).toBe(ownerOf(host, workers));
    for (const [, share] of shares(workers)) {
      expect(share.length).toBeGreaterThan(850);
      expect(share.length).toBeLessThan(1_150);
    }
    expect(ownerOf('one.example', [])).toBeUndefined();
  });

  test('changes only for the hosts of the one that came or went', () => {
    const left = workers.slice(0, 3);
    const stayed = hosts.filter((host) => ownerOf(host, workers) !== 'wrk_d');
    expect(stayed.map((host) => ownerOf(host, left))).toEqual(stayed.map((host) => ownerOf(host, workers)));
  });
});

describe('who is alive', () => {
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });

  test('is whoever was heard of within a quarter of a minute; one that says goodbye is gone at once', async () => {
    const { hub, stopAndForget } = await startTestHub();
    undo.push(stopAndForget);
    const time = { ms: 1_000_000 };
    const members = createMembers({ store: hub.store, clock: { ...hub.clock, ms: () => time.ms } });
    expect(await members.alive('wrk_a')).toEqual(['wrk_a']);
    expect((await members.alive('wrk_b')).sort()).toEqual(['wrk_a', 'wrk_b']);
    time.ms += 14_000;
    expect((await members.alive('wrk_b')).sort()).toEqual(['wrk_a', 'wrk_b']);
    time.ms += 2_000;
    expect(await members.alive('wrk_b')).toEqual(['wrk_b']);
    expect((await members.alive('wrk_a')).sort()).toEqual(['wrk_a', 'wrk_b']);
    await members.leave('wrk_a');
    expect(await members.alive('wrk_b')).toEqual(['wrk_b']);
    // The dead are forgotten for good by whoever is noted an hour later.
    await members.alive('wrk_c');
    time.ms += 3_700_000;
    await members.alive('wrk_b');
    const rows = await hub.store.db.select().from(hub.store.tables.marks);
    expect(rows.map(({ name }) => name).filter((name) => name.startsWith('pull:'))).toEqual(['pull:wrk_b']);
  });
});
