import type { LRUCache as WholeCache } from 'lru-cache';

type Options<K, V> = { max: number; maxSize?: number; sizeCalculation?: (value: V, key: K) => number };

/**
 * What the rooms use of `lru-cache`, in its stead in the Worker (edge-left-out.ts): that one has eighteen kilobytes of
 * ages, fetches and typed arrays. A Map remembers the order; whatever is read or written goes to its end.
 */
export class LRUCache<K extends {}, V extends {}> implements Pick<
  WholeCache<K, V>,
  'get' | 'has' | 'delete' | 'clear'
> {
  readonly #kept = new Map<K, { value: V; size: number }>();
  readonly #options: Required<Options<K, V>>;
  #size = 0;

  /** Throws on an option that this one does not know. */
  constructor({ max, maxSize = Infinity, sizeCalculation = () => 1, ...unknown }: Options<K, V>) {
    const [option] = Object.keys(unknown);
    if (option !== undefined) throw new TypeError(`the Worker's LRUCache has no ${option}`);
    this.#options = { max, maxSize, sizeCalculation };
  }

  get(key: K): V | undefined {
    const kept = this.#kept.get(key);
    if (!kept) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.value;
  }

  has(key: K): boolean {
    return this.#kept.has(key);
  }

  set(key: K, value: V): void {
    this.delete(key);
    const { max, maxSize, sizeCalculation } = this.#options;
    const size = sizeCalculation(value, key);
    if (size > maxSize) return;
    this.#kept.set(key, { value, size });
    this.#size += size;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= max && this.#size <= maxSize) break;
      this.delete(oldest);
    }
  }

  delete(key: K): boolean {
    this.#size -= this.#kept.get(key)?.size ?? 0;
    return this.#kept.delete(key);
  }

  clear(): void {
    this.#kept.clear();
    this.#size = 0;
  }
}
