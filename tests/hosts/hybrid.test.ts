import { hybrid } from './hybrid.ts';
import { proveFlows } from './suite.ts';

proveFlows(hybrid);
