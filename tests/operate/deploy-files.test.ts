import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { defaultSettings } from '../../src/context/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

type Service = {
  env_file?: string;
  environment?: Record<string, string>;
  stop_grace_period?: string;
  user?: string;
  read_only?: boolean;
};
const compose = parse(read('docs/deploy/compose.yaml'), { merge: true }) as {
  services: Record<string, Service>;
};

/** What `stop` of the hub takes at most: requests, then attempts (src/node.ts). */
const stopSeconds = 10 + defaultSettings.attemptDeadlineMs / 1_000 + 1;

test('whoever stops a hub leaves it the time that it needs', () => {
  const unit = /^TimeoutStopSec=(\d+)$/m.exec(read('docs/deploy/patchbay.service'))?.[1];
  expect(Number(unit)).toBeGreaterThan(stopSeconds);
  for (const name of ['api', 'worker'])
    expect(parseInt(compose.services[name]?.stop_grace_period ?? '', 10)).toBeGreaterThan(stopSeconds);
});

test('the image takes only what there is, and its ignore file lets all of it in', () => {
  const lines = read('docs/deploy/Containerfile').split('\n');
  const copied = lines
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));
  expect(copied).toContain('migrations');
  // What the build follows: `#src/…`, `#registry`, `#connectors/…`. Without one of these folders there is no image.
  const { imports } = JSON.parse(read('package.json')) as { imports: Record<string, string> };
  const followed = Object.values(imports).map((path) => path.split('/')[1] ?? '');
  expect(copied).toEqual(expect.arrayContaining(followed.filter((folder) => folder !== 'tests')));
  const allowed = read('docs/deploy/Containerfile.dockerignore').split('\n');
  for (const path of copied) {
    expect([path, existsSync(join(root, path))]).toEqual([path, true]);
    expect(allowed).toContain(`!${path}`);
  }
  expect(lines).toContain('USER node');
});

test('every setting that they name is one that the hub reads, and every role one that it has', () => {
  const sources = globSync('src/**/*.ts', { cwd: root })
    .map((file) => read(file))
    .join('\n');
  const files = ['patchbay.env.example', 'compose.yaml', 'patchbay.service', 'Containerfile', '../deploy.md'];
  const named = files.flatMap(
    (file) => read(`docs/deploy/${file}`).match(/PATCHBAY_[A-Z_]+|DATABASE_[A-Z_]+/g) ?? [],
  );
  const ofOthers = new Set(['PATCHBAY_DOMAIN']);
  expect(new Set(named.filter((name) => !ofOthers.has(name) && !sources.includes(`'${name}'`)))).toEqual(
    new Set(),
  );
  const roles = Object.values(compose.services).flatMap(
    ({ environment }) => environment?.['PATCHBAY_ROLE'] ?? [],
  );
  expect(roles.sort()).toEqual(['api', 'worker']);
});

test('services of the hub run with nothing but what they need', () => {
  for (const name of ['api', 'worker', 'migrate'])
    expect(compose.services[name]).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
});
