import { pulled } from './hybrid.ts';
import { proveFlows } from './suite.ts';

proveFlows(pulled);
