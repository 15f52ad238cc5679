import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as kit from '#kit';
import { root } from '../../src/connector-registry.ts';
import { kitPage, sections } from './kit-page.ts';

describe('the connector kit', () => {
  const page = kitPage();

  test('its page is what the sources say: node tests/connectors/write-kit-page.ts', () => {
    expect(readFileSync(join(root, 'docs/connector-kit.md'), 'utf8')).toBe(page);
  });

  test('its page has all that is exported, and nothing else', () => {
    const index = readFileSync(join(root, 'src/connector-kit/index.ts'), 'utf8');
    const exported = [...index.matchAll(/export (?:type )?\{([^}]+)\}/g)]
      .flatMap(([, names = '']) => names.split(','))
      .map((name) => name.replace('type ', '').trim())
      .filter((name) => name !== '');
    const told = [...page.matchAll(/^export (?:type|const|function|class) (\w+)/gm)].map(([, name]) => name);
    expect(new Set(told)).toEqual(new Set(exported));
    expect(Object.keys(kit).filter((name) => name !== 'kitVersion' && !told.includes(name))).toEqual([]);
  });

  test('has a section for each of its files', () => {
    const index = readFileSync(join(root, 'src/connector-kit/index.ts'), 'utf8');
    const files = [...index.matchAll(/from '\.\/([\w-]+)\.ts'/g)].map(([, file]) => file);
    expect(new Set(sections.map(({ file }) => file))).toEqual(new Set(files));
  });
});
