/**
 * One constant hash tag: under Redis Cluster all keys lie in one slot, so that one script may take any of them. One
 * shard does some 15,000 checks a second.
 */
const at = '{patchbay}:gate:';

export const keys = {
  /** Hash: `run` (who filled this Redis last, missing in an empty one), `version` (of the store), `seq`. */
  state: `${at}state`,
  /** Hash of `level:subject` to `value suspendedAtMs|- atMs`. */
  epochs: `${at}epochs`,
  /** Sorted set of `level:subject` by the seq of its last change. */
  order: `${at}order`,
  /** Exists while a fill is under way; gone when Redis was emptied meanwhile. */
  fill: (nonce: string) => `${at}fill:${nonce}`,
  /** Exists while a revoked token may still be remembered somewhere. */
  token: (id: string) => `${at}token:${id}`,
  /** The arrival time of a bucket, in microseconds. */
  cap: (key: string) => `${at}cap:${key}`,
  channel: `${at}noted`,
};

/** Where no fill guards the merge: a key that is never set. */
export const unguarded = keys.fill('none');
