import { newestOf, readKeys } from '#src/context';

/** Shared by a hub and its workers, by version: the highest signs, all verify. So a key is changed without a gap. */
export type WorkerKeys = { current: number; keys: ReadonlyMap<number, Uint8Array> };

/** `PATCHBAY_WORKER_KEYS`. Throws with what the operator has to mend. */
export function readWorkerKeys(text: string): WorkerKeys {
  const keys = readKeys('PATCHBAY_WORKER_KEYS', text);
  return { current: newestOf(keys), keys: new Map(keys.map(({ version, key }) => [version, key])) };
}
