import { describe, expect, test } from 'vitest';
import { connectorsDoc, manifests, writtenDoc } from './write-docs.ts';

describe('docs/connectors.md', () => {
  test('is what the manifests say; else: node tests/connectors/write-docs.ts', () => {
    expect(writtenDoc()).toBe(connectorsDoc());
  });

  test('has each connector, with a reason for each scope and what can be taken back', () => {
    expect(manifests.length).toBeGreaterThan(3);
    const page = writtenDoc();
    for (const { name, scopes, recall } of manifests) {
      expect(page).toContain(`\n## ${name}\n`);
      expect(page).toContain(recall);
      for (const [scope, { why }] of Object.entries(scopes))
        expect(page).toContain(`| \`${scope}\` | ${why} |`);
    }
  });

  test('nothing in a manifest breaks a table', () => {
    const rows = writtenDoc()
      .split('\n')
      .filter((line) => line.startsWith('|'));
    const odd = rows.filter((row) => ![3, 4, 5, 6].includes(row.split(/(?<!\\)\|/).length - 1));
    expect(odd).toEqual([]);
  });
});
