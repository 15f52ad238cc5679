/** Writes `patchbay.yaml` from the routes: `node openapi/write.ts`. A test fails while it is stale. */
import { writeFileSync } from 'node:fs';
import { yamlOfApi } from './yaml.ts';

writeFileSync(new URL('patchbay.yaml', import.meta.url), yamlOfApi());
