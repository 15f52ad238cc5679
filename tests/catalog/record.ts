/**
 * Rewrites the recorded copy of the catalogue after an additive change: `node tests/catalog/record.ts`.
 * Refuses while a recorded version would break: make a new version then.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { breakingChanges, recordCatalogue, type RecordedCatalogue } from '#src/catalog';

const recordedPath = new URL('recorded/catalog.json', import.meta.url);

export function recordedCatalogue(): RecordedCatalogue {
  // Written by this file alone.
  return JSON.parse(readFileSync(recordedPath, 'utf8')) as RecordedCatalogue;
}

/** One line a field, so that a review sees what changed. */
export function recordText(catalogue: RecordedCatalogue): string {
  const types = Object.entries(catalogue).map(([type, { versions, ...facts }]) => {
    const listed = Object.entries(versions).map(([version, fields]) => {
      const lines = Object.entries(fields).map(
        ([path, field]) => `        ${JSON.stringify(path)}: ${JSON.stringify(field)}`,
      );
      return `      "${version}": {\n${lines.join(',\n')}\n      }`;
    });
    const own = Object.entries(facts).map(([name, value]) => `    "${name}": ${JSON.stringify(value)},\n`);
    return `  "${type}": {\n${own.join('')}    "versions": {\n${listed.join(',\n')}\n    }\n  }`;
  });
  return `{\n${types.join(',\n')}\n}\n`;
}

if (import.meta.main) {
  const broken = existsSync(recordedPath) ? breakingChanges(recordedCatalogue(), recordCatalogue()) : [];
  for (const line of broken) console.error(line);
  if (broken.length === 0) writeFileSync(recordedPath, recordText(recordCatalogue()));
  process.exitCode = broken.length === 0 ? 0 : 1;
}
