import { proveOnBothHosts } from './conformance/on-both-hosts.ts';

await proveOnBothHosts('pinwall', {
  connector: 'tests/connectors/reference/connector.ts',
  conformance: 'tests/connectors/reference/conformance.ts',
  plan: 'tests/connectors/reference/plan.json',
});

await proveOnBothHosts('template', {
  connector: 'tests/connectors/template/index.ts',
  conformance: 'tests/connectors/template/conformance.ts',
  plan: 'tests/connectors/template/fixtures/plan.json',
});
