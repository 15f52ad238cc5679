import { edge } from './edge.ts';
import { proveFlows } from './suite.ts';

proveFlows(edge);
