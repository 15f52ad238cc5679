import { proveOnBothHosts } from './conformance/on-both-hosts.ts';

await proveOnBothHosts({
  name: 'pinwall',
  connector: 'tests/connectors/reference/connector.ts',
  conformance: 'tests/connectors/reference/conformance.ts',
  plan: 'tests/connectors/reference/plan.json',
});
