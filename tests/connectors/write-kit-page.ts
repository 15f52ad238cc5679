/** Writes `docs/connector-kit.md`: `node tests/connectors/write-kit-page.ts`. A test fails while it is stale. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../src/connector-registry.ts';
import { kitPage } from './kit-page.ts';

writeFileSync(join(root, 'docs/connector-kit.md'), kitPage());
