import { describe, expect, test } from 'vitest';
import { connectorsDoc, manifests, staleness, writtenDoc } from './write-docs.ts';

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

  test('of one connector it is told whether its row and its section are as its manifest is', () => {
    const page = writtenDoc();
    expect(manifests.map(({ id }) => staleness(id))).toEqual(manifests.map(() => null));
    for (const [was, is, what] of [
      ['One folder of its own', 'All of your Dropbox', 'its section, Dropbox'],
      ['#dropbox) | Keeps', '#dropbox) | Loses', 'its row in the table'],
    ] as const) {
      const stale = staleness('dropbox', page.replace(was, is));
      expect(stale).toContain(what);
      expect(stale).toContain('node tests/connectors/write-docs.ts');
      expect(staleness('slack', page.replace(was, is))).toBeNull();
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
