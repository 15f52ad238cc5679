/** What the host finds out without opening the hub: opening migrates, makes what is missing, and hides that it was. */
export type DeploymentFacts = {
  folder: FolderFacts;
  database: DatabaseFacts;
  /** Null where the deployment has none. */
  redis: RedisFacts | null;
  hasMasterKeysSet: boolean;
  hasPeppersSet: boolean;
};

export type FolderFacts = {
  path: string;
  isThere: boolean;
  isWritable: boolean;
  /** Permission bits of keys.json, null where there is none. */
  keysMode: number | null;
  databaseBytes: number;
  /** SQLite's write-ahead log; it is written into the file's header. */
  isWal: boolean;
  freeBytes: number;
};

export type DatabaseFacts = {
  kind: 'sqlite' | 'postgres';
  /** Host, port and name, or the file: never a user or a password. */
  place: string;
  /** Why it cannot be read, or null. */
  fault: string | null;
  /** Null before the first start, and where it cannot be read. */
  migrations: MigrationFacts | null;
  /** How far its clock is before ours, for a database on another machine. */
  aheadMs: number | null;
};

/** `missing`: of this code, not in the database yet. `unknown`: in the database, of a later version of the code. */
export type MigrationFacts = { missing: number; unknown: number };

export type RedisFacts = {
  place: string;
  fault: string | null;
  version: string | null;
  /** Null where the server does not tell (managed ones hide CONFIG and may leave it out of INFO). */
  maxmemoryPolicy: string | null;
  aheadMs: number | null;
};
