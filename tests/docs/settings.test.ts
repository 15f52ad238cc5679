import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../src/context/index.ts';
import { read, root } from './read-docs.ts';

const page = read('docs/settings.md');
const named = new Set(
  [...page.matchAll(/`((?:PATCHBAY|DATABASE)_[A-Z0-9_]*[A-Z0-9]|REDIS_URL|HOST|PORT|LOG_LEVEL)`/g)].map(
    ([, name = '']) => name,
  ),
);

/** `environment['NAME']`, and names that are handed to a function which reads them. */
const quoted = /'((?:PATCHBAY|DATABASE)_[A-Z0-9_]*[A-Z0-9]|REDIS_URL|HOST|PORT|LOG_LEVEL)'/g;
/** An error code of the sender, which only looks like a setting. */
const noSettings = new Set(['PATCHBAY_CONNECT']);

test('every setting that the code reads is on the page of settings, and no other', () => {
  const sources = globSync('src/**/*.{ts,tsx}', { cwd: root }).map(read).join('\n');
  const oidc = [...read('src/context/oidc.ts').matchAll(/of\('([A-Z_]+)'\)/g)].map(
    ([, name = '']) => `PATCHBAY_OIDC_${name}`,
  );
  const readByCode = new Set(
    [...[...sources.matchAll(quoted)].map(([, name = '']) => name), ...oidc].filter(
      (name) => !noSettings.has(name),
    ),
  );
  expect([...named].sort()).toEqual([...readByCode].sort());
});

test('every number on the page of settings is the default of the code', () => {
  const lines = [
    ...read('src/context/read-settings.ts').matchAll(
      /(dayMs \* )?(?:number|wholeNumber)\(\s*'([A-Z_]+)',\s*base\.(\w+)/g,
    ),
  ];
  expect(lines.length).toBeGreaterThan(25);
  for (const [, days, name = '', field = ''] of lines) {
    const value = Number(defaultSettings[field as keyof typeof defaultSettings]); // Those that are read as numbers are.
    const row = new RegExp(`^\\| \`${name}\` \\| (\\d+) \\|`, 'm').exec(page)?.[1];
    expect([name, Number(row)]).toEqual([name, days ? value / 86_400_000 : value]);
  }
});
