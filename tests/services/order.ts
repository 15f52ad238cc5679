import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * What takes longest begins first, so that no worker is left alone with it at the end. A fresh clone has no times of a
 * run before, and vitest then goes by the size of files, of which those of the hosts have four lines. What wants a
 * process of its own is short and comes last: each of them ends a process that has the hub loaded.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId, project }: TestSpecification): number {
  if (project.config.isolate) return longest.length + 1;
  const rank = longest.findIndex((file) => moduleId.endsWith(`/tests/${file}.test.ts`));
  return rank < 0 ? longest.length : rank;
}

/** Half a minute and more. Of two that keep a core busy one that waits stands between. */
const longest = [
  'faults/cluster',
  'portal/connections',
  'hosts/edge-relay',
  'console/console',
  'hosts/edge',
  'connectors/suite',
  'hosts/hybrid',
  'portal/portal',
  'connectors/new',
  'connectors/conformance',
  'hosts/edge-limits',
  'flows/bad-input',
  'hosts/postgres',
  'hosts/cluster',
  'hosts/edge-queue',
  'hosts/pulled',
  'pull/deliver',
  'hosts/edge-delivery',
  'hosts/edge-operator',
  'cli/cli',
  'hosts/edge-bundle',
  'contracts/gate.durable-object',
  'faults/kill',
];
