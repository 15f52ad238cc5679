import { configurationError } from './configuration-error.ts';

/** Where Redis is: one server, or the first nodes of a Redis Cluster. */
export type RedisPlace = {
  isCluster: boolean;
  nodes: readonly { host: string; port: number }[];
  isTls: boolean;
  username: string | null;
  password: string | null;
  database: number;
};

const forms =
  'redis://[user:password@]host:port[/database], rediss:// for TLS, or for Redis Cluster redis+cluster://host:port,host:port';

/** Reads `REDIS_URL`. Several nodes, or a scheme that ends in `+cluster`, make it a Redis Cluster. */
export function readRedisUrl(text: string): RedisPlace {
  const [first = '', ...others] = text.split(',').map((part) => part.trim());
  const scheme = /^(rediss?)(\+cluster)?:\/\//.exec(first);
  if (!scheme)
    throw configurationError(`REDIS_URL must begin with redis:// or rediss://. Its forms: ${forms}.`);
  const urls = [first, ...others].map((part) => urlOf(part));
  const [head] = urls;
  const isCluster = scheme[2] !== undefined || others.length > 0;
  const database = Number(urls.map(({ pathname }) => pathname.slice(1)).find((path) => path !== '') ?? 0);
  if (!Number.isInteger(database) || database < 0)
    throw configurationError('REDIS_URL ends in a database number, as in redis://host:6379/0.');
  if (isCluster && database !== 0)
    throw configurationError('REDIS_URL names a database, but a Redis Cluster has only database 0.');
  return {
    isCluster,
    nodes: urls.map((url) => ({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port || 6379),
    })),
    isTls: scheme[1] === 'rediss',
    username: decodeURIComponent(head?.username ?? '') || null,
    password: decodeURIComponent(head?.password ?? '') || null,
    database,
  };
}

/** Only the first node needs the scheme. */
function urlOf(part: string): URL {
  const url = URL.parse(`redis://${part.replace(/^[a-z+]+:\/\//, '')}`);
  if (url && url.hostname !== '' && url.search === '') return url;
  throw configurationError(`REDIS_URL cannot be read. Its forms: ${forms}.`);
}
