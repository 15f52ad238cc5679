export { examine } from './examine.ts';
export type { DatabaseFacts, DeploymentFacts, FolderFacts, MigrationFacts, RedisFacts } from './facts.ts';
export type { Finding } from './finding.ts';
