import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStoreReader, type StoreReader } from '../../src/demo/read-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'patchbay-demo-test-'));
const run = { code: -1, text: '' };
const opened: { store: StoreReader | null } = { store: null };

const entry = fileURLToPath(new URL('../../src/demo.ts', import.meta.url));
beforeAll(async () => {
  const child = spawn(process.execPath, [entry, '--fast', '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // A developer may have set these for a hub of their own; the demo is none of its business.
    env: {
      ...process.env,
      DATABASE_URL: 'postgres://127.0.0.1:1/mine',
      REDIS_URL: 'redis://127.0.0.1:1',
      PATCHBAY_ROLE: 'api',
      PORT: '1',
    },
  });
  child.stdout.on('data', (chunk: Buffer) => (run.text += chunk.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number];
  run.code = code;
  opened.store = openStoreReader(folder);
});

afterAll(() => {
  opened.store?.close();
  rmSync(folder, { recursive: true, force: true });
});

const printed = (name: string): number => Number(new RegExp(`^ {2}${name} +(\\d+)`, 'm').exec(run.text)?.[1]);
const inStore = (...states: string[]): number =>
  opened.store!.deliveries().filter(({ state }) => states.includes(state)).length;

describe('npm run demo', () => {
  test('it ends by itself, and its counts agree', () => {
    expect(run.text).toContain('All of it agrees.');
    expect(run.text).not.toContain('✗');
    expect(run.code).toBe(0);
  });

  test('what it prints is what the store holds', () => {
    const events = opened.store!.events();
    expect(printed('accepted')).toBe(
      events.filter(({ type, state }) => state === 'accepted' && !type.startsWith('subscription.')).length,
    );
    expect(printed('quarantined')).toBe(events.filter(({ state }) => state === 'quarantined').length);
    expect(printed('delivered')).toBe(inStore('delivered'));
    expect(printed('held')).toBe(inStore('held'));
    expect(printed('dead')).toBe(inStore('dead'));
    expect(printed('waiting')).toBe(inStore('retrying', 'pending', 'leased'));
  });

  test('it shows a retry that arrived, an endpoint that is gone, and one that hangs', () => {
    const rows = opened.store!.deliveries();
    expect(rows.some(({ state, attempts }) => state === 'delivered' && attempts > 1)).toBe(true);
    expect(rows.some(({ state, reason }) => state === 'held' && reason === 'gone')).toBe(true);
    expect(rows.some(({ state, reason }) => state === 'retrying' && reason === 'timeout')).toBe(true);
    expect(printed('duplicate')).toBeGreaterThan(0);
    expect(printed('invalid')).toBe(1);
  });

  test('where it may make no folder it says so, and ends', async () => {
    const nowhere = join(folder, 'nowhere');
    const child = spawn(process.execPath, [entry], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: nowhere },
    });
    const [said, complained] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    expect(said).toMatch(/The demo stopped: .*nowhere/);
    expect(complained).toBe('');
    expect(child.exitCode).toBe(1);
  });

  test('without a terminal it prints no escape sequence and no line wider than 96', () => {
    expect(run.text).not.toContain('\u001b');
    expect(run.text.split('\n').filter((line) => line.length > 96)).toEqual([]);
  });
});
