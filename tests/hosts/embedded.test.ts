import { embedded } from './embedded.ts';
import { proveFlows } from './suite.ts';

proveFlows(embedded);
