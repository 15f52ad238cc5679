import type { Settings } from '#src/context';
import { configurationError } from './configuration-error.ts';
import { readRedisUrl, type RedisPlace } from './redis-place.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** `api` takes requests and sends nothing, `worker` sends and takes none, `all` is both. */
export type Role = 'api' | 'worker' | 'all';
const roles = ['api', 'worker', 'all'] as const satisfies readonly Role[];

export type ClusterConfiguration = {
  profile: 'cluster';
  databaseUrl: string;
  /** Past a pooler, for LISTEN. */
  databaseDirectUrl: string | null;
  maxConnections: number;
  isMigrating: boolean;
  redis: RedisPlace | null;
};
export type Configuration = { role: Role } & ({ profile: 'embedded'; folder: string } | ClusterConfiguration);

/** Which profile the environment asks for. Connects to nothing; throws what the operator has to mend. */
export function readConfiguration(environment: Environment): Configuration {
  const role = roleOf(environment['PATCHBAY_ROLE']);
  const databaseUrl = textOf(environment, 'DATABASE_URL');
  const redisUrl = textOf(environment, 'REDIS_URL');
  if (databaseUrl === null) {
    if (redisUrl !== null)
      throw configurationError(
        'REDIS_URL is set, but DATABASE_URL is not. Redis only wakes and counts; set DATABASE_URL=postgres://… too, or remove REDIS_URL to run on SQLite alone.',
      );
    if (role !== 'all')
      throw configurationError(
        `The role ${role} needs DATABASE_URL=postgres://…: on SQLite one process does everything.`,
      );
    return { profile: 'embedded', role, folder: environment['PATCHBAY_DATA'] ?? 'data' };
  }
  return {
    profile: 'cluster',
    role,
    databaseUrl: postgresUrl('DATABASE_URL', databaseUrl),
    databaseDirectUrl: optional(environment, 'DATABASE_DIRECT_URL', postgresUrl),
    maxConnections: countOf(environment, 'DATABASE_CONNECTIONS', 10),
    isMigrating: environment['PATCHBAY_MIGRATE'] !== '0',
    redis: redisUrl === null ? null : readRedisUrl(redisUrl),
  };
}

/**
 * Other defaults of this profile. In a cluster wakes and one look of all workers' come first; each worker's own sweep
 * is what goes on without them.
 */
export const settingsOf = (configuration: Configuration): Partial<Settings> =>
  configuration.profile === 'embedded' ? {} : { sweepMs: configuration.redis ? 5_000 : 1_000 };

function roleOf(text: string | undefined): Role {
  const role = roles.find((one) => one === (text ?? 'all'));
  if (role) return role;
  throw configurationError(`There is no role ${text}: --role (or PATCHBAY_ROLE) is api, worker or all.`);
}

function postgresUrl(name: string, text: string): string {
  const url = URL.parse(text);
  if (url && /^postgres(?:ql)?:$/.test(url.protocol) && url.pathname.length > 1) return text;
  const hint = url && /^(?:mysql|sqlite|file|mongodb|rediss?):$/.test(url.protocol);
  throw configurationError(
    `${name} must be postgres://user:password@host:5432/database${hint ? `, not ${url.protocol}//…` : ''}. Without DATABASE_URL the hub runs on SQLite.`,
  );
}

function countOf(environment: Environment, name: string, fallback: number): number {
  const value = Number(environment[name] ?? fallback);
  if (Number.isInteger(value) && value > 0) return value;
  throw configurationError(`${name} must be a whole number above 0, not "${environment[name]}".`);
}

function optional<T>(
  environment: Environment,
  name: string,
  read: (name: string, text: string) => T,
): T | null {
  const text = textOf(environment, name);
  return text === null ? null : read(name, text);
}

const textOf = (environment: Environment, name: string): string | null => environment[name]?.trim() || null;
